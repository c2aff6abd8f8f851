// One HTTP request and its answer, as handlers see them.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::front::web {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;                              // "GET"; a HEAD comes to the handler of GET
  std::string path;                                // as sent, without the query: "/api/v1/jobs"
  std::map<std::string, std::string> query;        // decoded; of a name given twice the last one
  std::map<std::string, std::string> path_values;  // decoded, by the names in the route's template
  Headers headers;                                 // names in lower case
  std::string body;
  std::string request_id;  // the client's X-Request-Id when it sent a sane one, else ours
  std::string peer;        // address of the other end

  // Empty when there is none.
  std::string_view Header(std::string_view lower_case_name) const;
};

// An answer that is written while it is made. The server asks for the next piece when the one before has been
// handed to the network, so a slow reader slows the source and nothing piles up.
class BodyStream {
 public:
  struct Piece {
    std::string text;
    bool end = false;  // nothing follows
    // It cannot go on: the connection is cut, so that the reader does not take it for the end.
    bool broken = false;
    // With an empty text: ask again after so long.
    std::chrono::milliseconds wait{0};
  };
  virtual ~BodyStream() = default;
  // On an executor thread, one call at a time.
  virtual Piece Next() = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
  std::shared_ptr<BodyStream> stream;  // instead of `body`
};

}  // namespace hearth::front::web
