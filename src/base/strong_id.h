// Text ids that cannot be taken for one another: a session id is no operation id, although both are UUID
// texts.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace hearth::base {

template <typename Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  auto operator<=>(const StrongId&) const = default;
  bool operator==(const StrongId&) const = default;

 private:
  std::string text_;
};

}  // namespace hearth::base

template <typename Tag>
struct std::hash<hearth::base::StrongId<Tag>> {
  size_t operator()(const hearth::base::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>()(id.text());
  }
};
