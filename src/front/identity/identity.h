// Who calls. Every door asks here, and nowhere else.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::front::identity {

struct Caller {
  std::string user;  // empty: nobody says
  std::string team;  // empty: may act for every team
  std::set<std::string> roles;
};

// Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // `authorization`: the header's value, "Bearer …"; empty when there is none. Errors: kUnauthenticated,
  // which never repeats the token; kUnavailable when the keys to judge it by cannot be had now.
  virtual base::Result<Caller> Authenticate(std::string_view authorization) = 0;
};

// Takes everybody for a caller without name who may act for every team: for doors on loopback.
std::unique_ptr<Authenticator> MakeOpenAuthenticator();

// "Bearer abc" -> "abc"; the scheme in any case. Empty when it is something else.
std::string_view BearerToken(std::string_view authorization);

// One call that came through a door.
struct AuditRow {
  int64_t at = 0;  // microseconds since 1970 UTC
  std::string user;
  std::string team;
  std::string call;     // "Submit"
  std::string subject;  // a job's id, or what was asked for
  std::string outcome;  // "OK" or the name of the error
  std::string request_id;
  std::string address;  // of the other end; empty: not known
};

// Thread-safe; does not fail the call that it records.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  virtual void Record(const AuditRow& row) = 0;
};

// Whether nobody but programs on this machine can reach the host part of "HOST:PORT".
bool IsLoopback(std::string_view address);

}  // namespace hearth::front::identity
