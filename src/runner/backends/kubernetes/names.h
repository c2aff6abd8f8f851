// Names, labels and annotations that we write onto objects and find them by.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runner/run.h"

namespace hearth::runner::kubernetes {

inline constexpr std::string_view kInstanceLabel = "hearth/instance";
inline constexpr std::string_view kAttemptLabel = "hearth/attempt";
inline constexpr std::string_view kRunLabel = "hearth/run";
inline constexpr std::string_view kTeamLabel = "hearth/team";
inline constexpr std::string_view kEnvironmentLabel = "hearth/environment";
inline constexpr std::string_view kJobLabel = "hearth/job";
inline constexpr std::string_view kTokenAnnotation = "hearth/attempt-token";
// Keeps what we stopped until its end is stored: the operator and the garbage collector take the pods, Remove
// the rest.
inline constexpr std::string_view kHoldFinalizer = "hearth/evidence";
inline constexpr std::string_view kExitExceptionAnnotation = "spark.exit-exception";
inline constexpr std::string_view kDriverContainer = "spark-kubernetes-driver";
inline constexpr std::string_view kExecutorContainer = "spark-kubernetes-executor";

// The attempt's token as a label value: itself where that is one, else a hash.
std::string AttemptLabel(std::string_view token);
// The name of the attempt's application: a DNS-1035 label of at most 55 characters, from the token alone.
std::string ApplicationName(std::string_view token);
// A text as a label value: characters that may not be in one become '-', at most 63.
std::string LabelValue(std::string_view text);

// Labels of the application and of all its pods.
std::map<std::string, std::string> LabelsOf(const Attempt& attempt, const std::string& instance);

// "namespace/name/uid": what the runner keeps of an application.
struct NativeId {
  std::string name_space;
  std::string name;
  std::string uid;
};
std::string NativeIdText(const NativeId& id);
// All empty when the text is none.
NativeId ParseNativeId(std::string_view text);

}  // namespace hearth::runner::kubernetes
