#include "session/response_buffer.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/uuid.h"
#include "session/errors.h"

namespace hearth::session {
namespace {

constexpr uint64_t kPrefixMask = (uint64_t{1} << 60) - 1;
constexpr uint64_t kIndexMask = (uint64_t{1} << 60) - 1;

uint64_t RandomPrefix() {
  const std::string uuid = base::RandomUuid();
  return std::hash<std::string>()(uuid) & kPrefixMask;
}

bool ReadHexadecimal(std::string_view text, uint64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

ResponseBuffer::ResponseBuffer(Limits limits, const base::Clock& clock)
    : limits_(limits), clock_(clock), id_prefix_(RandomPrefix()), detached_since_(clock.Steady()) {}

// Ids are UUIDs that carry the response's number, so that no table from id to number is needed and a released
// response is still told from one that never was.
std::string ResponseBuffer::IdOf(int64_t index) const {
  const uint64_t number = static_cast<uint64_t>(index) & kIndexMask;
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", id_prefix_ >> 28, (id_prefix_ >> 12) & 0xFFFF,
                     id_prefix_ & 0xFFF, number >> 48, number & 0xFFFFFFFFFFFF);
}

std::optional<int64_t> ResponseBuffer::IndexOf(std::string_view id) const {
  if (!base::IsUuid(id)) return std::nullopt;
  uint64_t high = 0;
  uint64_t low = 0;
  if (!ReadHexadecimal(id.substr(20, 3), &high) || !ReadHexadecimal(id.substr(24, 12), &low))
    return std::nullopt;
  const auto index = static_cast<int64_t>(((high << 48) | low) & kIndexMask);
  if (index >= next_index_ || IdOf(index) != id) return std::nullopt;
  return index;
}

std::string ResponseBuffer::NextId() const {
  std::lock_guard lock(mutex_);
  return IdOf(next_index_);
}

void ResponseBuffer::Append(std::string head, std::shared_ptr<const std::string> body) {
  Add(std::move(head), std::move(body), false);
}

void ResponseBuffer::AppendLast(std::string head) { Add(std::move(head), nullptr, true); }

void ResponseBuffer::Add(std::string head, std::shared_ptr<const std::string> body, bool is_last) {
  Wake wake;
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return;
    responses_.push_back({IdOf(next_index_), std::move(head), std::move(body)});
    ++next_index_;
    unsent_bytes_ += responses_.back().bytes();
    is_closed_ = is_last;
    if (std::exchange(reader_is_waiting_, false)) wake = wake_reader_;
  }
  if (wake) wake();
}

void ResponseBuffer::Close(std::unique_ptr<base::Error> failure) {
  Wake wake;
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return;
    is_closed_ = true;
    failure_ = std::move(failure);
    if (std::exchange(reader_is_waiting_, false)) wake = wake_reader_;
  }
  if (wake) wake();
}

bool ResponseBuffer::is_closed() const {
  std::lock_guard lock(mutex_);
  return is_closed_;
}

bool ResponseBuffer::ParkUntilRoom(Wake wake) {
  std::lock_guard lock(mutex_);
  if (HasRoom()) return false;
  wake_producer_ = std::move(wake);
  return true;
}

void ResponseBuffer::WakeProducer() {
  Wake wake;
  {
    std::lock_guard lock(mutex_);
    wake = std::exchange(wake_producer_, nullptr);
  }
  if (wake) wake();
}

void ResponseBuffer::DropFirst() {
  const int64_t index = FirstIndex();
  const size_t bytes = responses_.front().bytes();
  (index <= last_sent_ ? sent_bytes_ : unsent_bytes_) -= bytes;
  responses_.pop_front();
}

void ResponseBuffer::MarkSent(int64_t index) {
  if (index <= last_sent_) return;
  const size_t bytes = responses_[static_cast<size_t>(index - FirstIndex())].bytes();
  unsent_bytes_ -= bytes;
  sent_bytes_ += bytes;
  last_sent_ = index;
  while (sent_bytes_ > limits_.retained_bytes && FirstIndex() < index) DropFirst();
}

base::Result<std::unique_ptr<ResponseBuffer::Reader>> ResponseBuffer::Attach(
    const std::optional<std::string>& after, Wake wake) {
  Wake wake_previous;
  std::unique_ptr<Reader> reader;
  {
    std::lock_guard lock(mutex_);
    int64_t next = FirstIndex();
    if (after) {
      const std::optional<int64_t> index = IndexOf(*after);
      if (!index) return InvalidCursor("POSITION_NOT_FOUND", *after);
      if (*index + 1 < FirstIndex()) return InvalidCursor("POSITION_NOT_AVAILABLE", *after);
      next = *index + 1;
    }
    if (is_attached_) wake_previous = wake_reader_;
    is_attached_ = true;
    reader_is_waiting_ = false;
    wake_reader_ = std::move(wake);
    reader.reset(new Reader(shared_from_this(), ++attachment_, next));
  }
  if (wake_previous) wake_previous();
  return reader;
}

void ResponseBuffer::Detach(uint64_t attachment) {
  Wake dropped;  // destroyed outside the lock
  std::lock_guard lock(mutex_);
  if (attachment != attachment_ || !is_attached_) return;
  is_attached_ = false;
  reader_is_waiting_ = false;
  dropped = std::exchange(wake_reader_, nullptr);
  detached_since_ = clock_.Steady();
}

base::Status ResponseBuffer::Release(const std::string& id) {
  std::lock_guard lock(mutex_);
  const std::optional<int64_t> index = IndexOf(id);
  if (!index) return InvalidCursor("POSITION_NOT_FOUND", id);
  while (!responses_.empty() && FirstIndex() <= *index && FirstIndex() <= last_sent_) DropFirst();
  return {};
}

void ResponseBuffer::ReleaseAll() {
  Wake wake;
  {
    std::lock_guard lock(mutex_);
    while (!responses_.empty()) DropFirst();
    wake = std::exchange(wake_producer_, nullptr);
  }
  if (wake) wake();
}

std::optional<std::chrono::steady_clock::time_point> ResponseBuffer::detached_since() const {
  std::lock_guard lock(mutex_);
  if (is_attached_) return std::nullopt;
  return detached_since_;
}

size_t ResponseBuffer::held_bytes() const {
  std::lock_guard lock(mutex_);
  return unsent_bytes_ + sent_bytes_;
}

ResponseBuffer::Reader::~Reader() { buffer_->Detach(attachment_); }

ResponseBuffer::Reader::Item ResponseBuffer::Reader::Next() {
  Item item;
  Wake wake_producer;
  {
    ResponseBuffer& buffer = *buffer_;
    std::lock_guard lock(buffer.mutex_);
    if (attachment_ != buffer.attachment_) {
      item.kind = Kind::kEnd;
      item.failure = std::make_unique<base::Error>(InvalidCursor("DISCONNECTED", ""));
    } else if (next_ < buffer.FirstIndex()) {
      item.kind = Kind::kEnd;
      item.failure =
          std::make_unique<base::Error>(InvalidCursor("POSITION_NOT_AVAILABLE", buffer.IdOf(next_)));
    } else if (next_ < buffer.next_index_) {
      item.kind = Kind::kResponse;
      item.response = buffer.responses_[static_cast<size_t>(next_ - buffer.FirstIndex())];
      buffer.MarkSent(next_++);
      item.is_last = buffer.is_closed_ && !buffer.failure_ && next_ == buffer.next_index_;
      if (buffer.HasRoom()) wake_producer = std::exchange(buffer.wake_producer_, nullptr);
    } else if (buffer.is_closed_) {
      item.kind = Kind::kEnd;
      item.is_complete = buffer.failure_ == nullptr;
      if (buffer.failure_) item.failure = std::make_unique<base::Error>(*buffer.failure_);
    } else {
      buffer.reader_is_waiting_ = true;
    }
  }
  if (wake_producer) wake_producer();
  return item;
}

}  // namespace hearth::session
