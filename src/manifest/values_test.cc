#include "manifest/values.h"

#include <gtest/gtest.h>

#include "manifest/cron_text.h"

namespace hearth::manifest {
namespace {

TEST(Duration, Texts) {
  EXPECT_EQ(ParseSeconds("90"), 90);
  EXPECT_EQ(ParseSeconds("1h30m"), 5400);
  EXPECT_EQ(ParseSeconds("7d"), 604800);
  EXPECT_EQ(ParseSeconds("0s"), 0);
  for (const char* text :
       {"", "h", "1h30", "30m1h", "1m1m", "1.5h", "-1s", "1 h", "99999999999d", "9999999999d"})
    EXPECT_EQ(ParseSeconds(text), std::nullopt) << text;
  for (const int64_t seconds : {0, 1, 60, 90, 3600, 5400, 86400, 90061})
    EXPECT_EQ(ParseSeconds(DurationText(seconds)), seconds);
}

TEST(Cron, Texts) {
  for (const char* text :
       {"0 6 * * *", "*/15 0-6,22 1 jan-mar MON", "@daily", "59 23 31 12 7", "  0  0 * * 1-5 "})
    EXPECT_TRUE(IsCronText(text)) << text;
  for (const char* text :
       {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
        "*/0 * * * *", "5-1 * * * *", "a * * * *", "@reboot", "1, * * * *", "*/ * * * *"})
    EXPECT_FALSE(IsCronText(text)) << text;
}

TEST(Secrets, AreTakenForOne) {
  EXPECT_TRUE(LooksLikeSecret("DB_PASSWORD", "x"));
  EXPECT_TRUE(LooksLikeSecret("spark.hadoop.fs.s3a.secret.key", "x"));
  EXPECT_TRUE(LooksLikeSecret("spark.hadoop.fs.s3a.accessKey", "x"));
  EXPECT_TRUE(LooksLikeSecret("fs.azure.account.key.store.dfs.core.windows.net", "x"));
  EXPECT_TRUE(LooksLikeSecret("oauthToken", "x"));
  EXPECT_TRUE(LooksLikeSecret("url", "jdbc:postgresql://me:pw@db/x"));
}

TEST(Secrets, AreNotTakenForOne) {
  EXPECT_FALSE(LooksLikeSecret("DB_PASSWORD", "${env:DB_PASSWORD}"));
  EXPECT_FALSE(LooksLikeSecret("DB_PASSWORD", "$(DB_PASSWORD)"));
  EXPECT_FALSE(LooksLikeSecret("DB_PASSWORD", ""));
  EXPECT_FALSE(LooksLikeSecret("useToken", "true"));
  EXPECT_FALSE(LooksLikeSecret("MAX_TOKENS", "100"));
  EXPECT_FALSE(LooksLikeSecret("DB_PASSWORD_FILE", "/run/secrets/db"));
  EXPECT_FALSE(LooksLikeSecret("spark.kubernetes.driver.secretKeyRef.TOKEN", "sales:token"));
  EXPECT_FALSE(LooksLikeSecret("spark.hadoop.fs.s3a.aws.credentials.provider", "org.example.Provider"));
  EXPECT_FALSE(LooksLikeSecret("primary_key", "id"));
  EXPECT_FALSE(LooksLikeSecret("url", "https://example.org/a:b@c"));
}

TEST(Table, EveryRowIsSound) {
  for (const Kind kind : {Kind::kSparkJob, Kind::kSparkCluster}) {
    ForEachField(DocumentFields(kind), [](const Field& field) {
      EXPECT_FALSE(field.meaning.empty()) << field.path;
      const bool number = field.type == FieldType::kInteger || field.type == FieldType::kMemory ||
                          field.type == FieldType::kDuration;
      if (number) {
        EXPECT_TRUE(BoundsOf(field).lowest && BoundsOf(field).highest) << field.path;
      }
      const bool text =
          field.type == FieldType::kText || field.type == FieldType::kTexts || field.type == FieldType::kMap;
      if (text && !field.constraint.empty()) {
        EXPECT_NE(FindPattern(field.constraint), nullptr) << field.path;
      }
      if (field.default_text.empty()) return;
      const CheckedValue checked = CheckValue(field, field.default_text);
      EXPECT_EQ(checked.canonical, field.default_text) << field.path;
    });
  }
  EXPECT_EQ(MovedFields().size(), 2U);
}

}  // namespace
}  // namespace hearth::manifest
