// The responses of one operation between the engine that makes them and the client that may come and go.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace hearth::session {

// One encoded message: `head`, then `body` behind it. The body (Arrow data) is shared with the socket, never
// copied.
struct Response {
  std::string id;
  std::string head;
  std::shared_ptr<const std::string> body;

  size_t bytes() const { return head.size() + (body ? body->size() : 0); }
};

// Responses stay after sending so that a client can come back for them: up to `retained_bytes`, always the
// last one, until they are released. Unsent ones are bounded too: a producer that finds no room parks and is
// woken. One producer, and one reader at a time: a new reader ends the one before it. Thread-safe. Wake
// functions are called without locks held, from any thread, and at most once for each time that something was
// pending.
class ResponseBuffer : public std::enable_shared_from_this<ResponseBuffer> {
 public:
  using Wake = std::function<void()>;
  struct Limits {
    size_t unsent_bytes = 16 << 20;
    size_t retained_bytes = 10 << 20;
  };
  class Reader;

  ResponseBuffer(Limits limits, const base::Clock& clock);

  // ---- The producer's side.
  // The id that the next response gets.
  std::string NextId() const;
  void Append(std::string head, std::shared_ptr<const std::string> body = nullptr);
  // The last response: appended and closed in one.
  void AppendLast(std::string head);
  // No more responses; a failure is what the reader gets after the last one. Only the first call counts.
  void Close(std::unique_ptr<base::Error> failure = nullptr);
  bool is_closed() const;
  // False when there is room. Else `wake` is kept and called when there is, or by WakeProducer.
  bool ParkUntilRoom(Wake wake);
  void WakeProducer();

  // ---- The client's side.
  // Reads on behind the response `after`, or from the first one kept. Errors:
  // INVALID_CURSOR.POSITION_NOT_FOUND, .POSITION_NOT_AVAILABLE.
  base::Result<std::unique_ptr<Reader>> Attach(const std::optional<std::string>& after, Wake wake);
  // Forgets responses up to and including `id`. Error: INVALID_CURSOR.POSITION_NOT_FOUND.
  base::Status Release(const std::string& id);
  void ReleaseAll();
  // Since when no client reads; none while one does.
  std::optional<std::chrono::steady_clock::time_point> detached_since() const;
  size_t held_bytes() const;

 private:
  friend class Reader;

  void Add(std::string head, std::shared_ptr<const std::string> body, bool is_last);
  std::string IdOf(int64_t index) const;
  std::optional<int64_t> IndexOf(std::string_view id) const;
  int64_t FirstIndex() const { return next_index_ - static_cast<int64_t>(responses_.size()); }
  void DropFirst();
  void MarkSent(int64_t index);
  bool HasRoom() const { return unsent_bytes_ < limits_.unsent_bytes; }
  void Detach(uint64_t attachment);

  const Limits limits_;
  const base::Clock& clock_;
  const uint64_t id_prefix_;  // 60 random bits

  mutable std::mutex mutex_;
  std::deque<Response> responses_;
  int64_t next_index_ = 1;
  int64_t last_sent_ = 0;
  size_t unsent_bytes_ = 0;
  size_t sent_bytes_ = 0;  // kept although sent
  bool is_closed_ = false;
  std::unique_ptr<base::Error> failure_;
  Wake wake_producer_;
  uint64_t attachment_ = 0;  // number of the present reader
  bool is_attached_ = false;
  Wake wake_reader_;
  bool reader_is_waiting_ = false;
  std::chrono::steady_clock::time_point detached_since_;
};

// One client's way through a buffer. Used by one thread at a time; the buffer outlives it.
class ResponseBuffer::Reader {
 public:
  enum class Kind : uint8_t {
    kResponse,
    kPending,  // nothing yet: the wake function will be called
    kEnd,      // all read, `failure` says how the operation ended; or another reader took over
  };
  struct Item {
    Kind kind = Kind::kPending;
    Response response;
    std::unique_ptr<base::Error> failure;
    bool is_last = false;      // kResponse: nothing follows, the operation ended well
    bool is_complete = false;  // kEnd: the operation ended well and everything was read
  };

  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Item Next();

 private:
  friend class ResponseBuffer;
  Reader(std::shared_ptr<ResponseBuffer> buffer, uint64_t attachment, int64_t next)
      : buffer_(std::move(buffer)), attachment_(attachment), next_(next) {}

  const std::shared_ptr<ResponseBuffer> buffer_;
  const uint64_t attachment_;
  int64_t next_;
};

}  // namespace hearth::session
