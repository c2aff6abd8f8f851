#include "front/identity/audit_log.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

namespace hearth::front::identity {
namespace {

namespace fs = std::filesystem;

class NoAudit final : public AuditSink {
 public:
  void Record(const AuditRow&) override {}
};

class AuditLog final : public AuditSink {
 public:
  AuditLog(std::string path, size_t limit_bytes) : path_(std::move(path)), limit_(limit_bytes) { Open(); }

  bool is_open() const { return file_.is_open(); }

  void Record(const AuditRow& row) override {
    const nlohmann::ordered_json line = {{"at", row.at},
                                         {"user", row.user},
                                         {"team", row.team},
                                         {"call", row.call},
                                         {"subject", row.subject},
                                         {"outcome", row.outcome},
                                         {"request_id", row.request_id},
                                         {"address", row.address}};
    const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    std::lock_guard lock(mutex_);
    if (size_ + text.size() > limit_) Rotate();
    file_ << text << std::flush;
    size_ += text.size();
  }

 private:
  void Open() {
    std::error_code code;
    const auto size = fs::file_size(path_, code);
    size_ = code ? 0 : size;
    file_.open(path_, std::ios::app | std::ios::binary);
  }
  void Rotate() {
    file_.close();
    file_.clear();
    std::error_code ignored;
    fs::rename(path_, path_ + ".1", ignored);
    Open();
  }

  const std::string path_;
  const size_t limit_;
  std::mutex mutex_;
  std::ofstream file_;
  size_t size_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<AuditSink>> OpenAuditLog(const std::string& path, size_t limit_bytes) {
  if (path.empty()) return std::unique_ptr<AuditSink>(std::make_unique<NoAudit>());
  auto log = std::make_unique<AuditLog>(path, limit_bytes);
  if (log->is_open()) return std::unique_ptr<AuditSink>(std::move(log));
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = fmt::format("the audit log {} cannot be written", path);
  return error;
}

}  // namespace hearth::front::identity
