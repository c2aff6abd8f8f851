#include <absl/time/time.h>
#include <fmt/format.h>

#include "engine/datetime/pattern.h"
#include "engine/datetime/zone_names.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

namespace {

using Kind = PatternItem::Kind;
using Sign = PatternItem::Sign;
using F = DateTimeField;

// The fields of one moment, taken apart on demand of the items.
class Moment {
 public:
  explicit Moment(int64_t local) {
    days_ = FloorDivide(local, kMicrosecondsPerDay);
    of_day_ = local - days_ * kMicrosecondsPerDay;
    date_ = DateOfDays(days_);
  }
  int64_t Field(DateTimeField field) const {
    const int64_t hour = of_day_ / 3'600'000'000;
    switch (field) {
      case F::kEra:
        return date_.year > 0 ? 1 : 0;
      case F::kYear:
        return date_.year;
      case F::kYearOfEra:
        return date_.year > 0 ? date_.year : 1 - date_.year;
      case F::kQuarter:
        return (date_.month + 2) / 3;
      case F::kMonth:
        return date_.month;
      case F::kDay:
        return date_.day;
      case F::kDayOfYear:
        return days_ - DaysOfDate(date_.year, 1, 1) + 1;
      case F::kDayOfWeek:
        return FloorModulo(days_ + 3, 7) + 1;
      case F::kAlignedDayOfWeek:
        return (date_.day - 1) % 7 + 1;
      case F::kAmPm:
        return hour / 12;
      case F::kHour:
        return hour;
      case F::kClockHour:
        return hour == 0 ? 24 : hour;
      case F::kHourOfHalf:
        return hour % 12;
      case F::kClockHourOfHalf:
        return hour % 12 == 0 ? 12 : hour % 12;
      case F::kMinute:
        return of_day_ / 60'000'000 % 60;
      case F::kSecond:
        return of_day_ / 1'000'000 % 60;
      case F::kNanosecond:
        return of_day_ % 1'000'000 * 1000;
    }
    return 0;
  }

 private:
  int64_t days_;
  int64_t of_day_;
  CalendarDate date_{};
};

void PrintNumber(const PatternItem& item, int64_t value, std::string* out) {
  const int64_t magnitude = value < 0 ? -value : value;
  if (value < 0) {
    out->push_back('-');
  } else if (item.sign == Sign::kExceedsPad && item.minimum < 19 &&
             std::to_string(magnitude).size() > static_cast<size_t>(item.minimum)) {
    out->push_back('+');
  }
  AppendPadded(magnitude, item.minimum, out);
}

void PrintText(const PatternItem& item, int64_t value, std::string* out) {
  switch (item.field) {
    case F::kEra:
      out->append(item.full ? (value == 1 ? "Anno Domini" : "Before Christ") : (value == 1 ? "AD" : "BC"));
      return;
    case F::kMonth:
      out->append(MonthName(static_cast<int>(value)).substr(0, item.full ? std::string_view::npos : 3));
      return;
    case F::kDayOfWeek:
      out->append(DayName(static_cast<int>(value)).substr(0, item.full ? std::string_view::npos : 3));
      return;
    case F::kAmPm:
      out->append(value == 0 ? "AM" : "PM");
      return;
    case F::kQuarter: {
      static constexpr std::string_view kFull[] = {"1st quarter", "2nd quarter", "3rd quarter",
                                                   "4th quarter"};
      out->append(item.full ? std::string(kFull[value - 1]) : fmt::format("Q{}", value));
      return;
    }
    default:
      return;
  }
}

// Letters: 1 hour, and minute when not zero; 2 and 3 hour and minute; 4 and 5 seconds too when not zero. 3
// and 5 with colons.
void PrintOffset(const PatternItem& item, int64_t seconds, std::string* out) {
  if (seconds == 0) {
    out->append(item.text);
    return;
  }
  const int64_t magnitude = seconds < 0 ? -seconds : seconds;
  const bool colon = item.offset_form == 3 || item.offset_form == 5;
  out->push_back(seconds < 0 ? '-' : '+');
  AppendPadded(magnitude / 3600, 2, out);
  const int64_t minutes = magnitude / 60 % 60;
  if (item.offset_form > 1 || minutes != 0) {
    if (colon) out->push_back(':');
    AppendPadded(minutes, 2, out);
  }
  if (item.offset_form > 3 && magnitude % 60 != 0) {
    if (colon) out->push_back(':');
    AppendPadded(magnitude % 60, 2, out);
  }
}

void PrintLocalizedOffset(bool full, int64_t seconds, std::string* out) {
  out->append("GMT");
  if (seconds == 0) return;
  const int64_t magnitude = seconds < 0 ? -seconds : seconds;
  out->push_back(seconds < 0 ? '-' : '+');
  AppendPadded(magnitude / 3600, full ? 2 : 1, out);
  if (full || magnitude % 3600 != 0) {
    out->push_back(':');
    AppendPadded(magnitude / 60 % 60, 2, out);
  }
  if (magnitude % 60 != 0) {
    out->push_back(':');
    AppendPadded(magnitude % 60, 2, out);
  }
}

base::Status PrintZoneText(bool full, int64_t instant, const TimeZone& zone, std::string_view zone_id,
                           std::string* out) {
  const bool is_region = zone_id.find_first_of("/") != std::string_view::npos;
  std::string name(zone_id);
  if (is_region) {
    name = zone.absl_zone().At(absl::FromUnixMicros(instant)).zone_abbr;
    const bool is_word = !name.empty() && name[0] != '+' && name[0] != '-';
    if (!is_word) return base::NotImplemented(fmt::format("the printed name of time zone {}", zone_id));
  }
  if (full) {
    const auto long_name = FullZoneName(name);
    if (long_name) {
      name = *long_name;
    } else if (is_region) {
      return base::NotImplemented(fmt::format("the full name of time zone {}", zone_id));
    }
  }
  out->append(name);
  return {};
}

}  // namespace

base::Status DateTimePattern::Print(int64_t instant, const TimeZone& zone, std::string_view zone_id,
                                    std::string* out) const {
  const int64_t offset = zone.OffsetAt(instant);
  const Moment moment(instant + offset * kMicrosecondsPerSecond);
  for (const auto& item : items_) {
    switch (item.kind) {
      case Kind::kLiteral:
        out->append(item.text);
        break;
      case Kind::kNumber:
        PrintNumber(item, moment.Field(item.field), out);
        break;
      case Kind::kTwoDigitYear: {
        const int64_t year = moment.Field(item.field);
        AppendPadded((year < 0 ? -year : year) % 100, 2, out);
        break;
      }
      case Kind::kText:
        PrintText(item, moment.Field(item.field), out);
        break;
      case Kind::kFraction: {
        std::string digits;
        AppendPadded(moment.Field(F::kNanosecond), 9, &digits);
        out->append(digits, 0, static_cast<size_t>(item.maximum));
        break;
      }
      case Kind::kOffset:
        PrintOffset(item, offset, out);
        break;
      case Kind::kLocalizedOffset:
        PrintLocalizedOffset(item.full, offset, out);
        break;
      case Kind::kZoneId:
        out->append(zone_id);
        break;
      case Kind::kZoneText:
        HEARTH_RETURN_IF_ERROR(PrintZoneText(item.full, instant, zone, zone_id, out));
        break;
      case Kind::kOptionalStart:
      case Kind::kOptionalEnd:
        break;
    }
  }
  return {};
}

}  // namespace hearth::engine
