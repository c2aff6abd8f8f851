#include <curl/curl.h>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "front/identity/jwt.h"

namespace hearth::front::identity {
namespace {

constexpr size_t kLargestKeySet = size_t{1} << 20;
constexpr long kFetchMilliseconds = 5000;

base::Error Unavailable(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kUnavailable;
  error.message = std::move(message);
  return error;
}

base::Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unavailable(fmt::format("{}: the key set cannot be read", path));
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

size_t Append(char* data, size_t size, size_t count, void* target) {
  auto* text = static_cast<std::string*>(target);
  if (text->size() + size * count > kLargestKeySet) return 0;
  text->append(data, size * count);
  return size * count;
}

base::Result<std::string> Download(const std::string& address) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> request(::curl_easy_init(), ::curl_easy_cleanup);
  if (!request) return Unavailable("no HTTP client can be made");
  std::string text;
  ::curl_easy_setopt(request.get(), CURLOPT_URL, address.c_str());
  ::curl_easy_setopt(request.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(request.get(), CURLOPT_TIMEOUT_MS, kFetchMilliseconds);
  ::curl_easy_setopt(request.get(), CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(request.get(), CURLOPT_FAILONERROR, 1L);
  ::curl_easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, &Append);
  ::curl_easy_setopt(request.get(), CURLOPT_WRITEDATA, &text);
  const CURLcode code = ::curl_easy_perform(request.get());
  if (code != CURLE_OK)
    return Unavailable(
        fmt::format("the key set at {} cannot be had: {}", address, ::curl_easy_strerror(code)));
  return text;
}

}  // namespace

KeySetFetcher MakeKeySetFetcher(const std::string& place) {
  if (place.starts_with("http://") || place.starts_with("https://"))
    return [place] { return Download(place); };
  return [place] { return ReadFile(place); };
}

}  // namespace hearth::front::identity
