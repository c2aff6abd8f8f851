#include "session/journal.h"

#include <gtest/gtest.h>

namespace hearth::session {
namespace {

TEST(Journal, KeepsActsInOrder) {
  Journal journal;
  journal.Record(JournalAct::kSetSetting, "a", JournalForm::kText, "1");
  journal.Record(JournalAct::kCreateView, "v", JournalForm::kSql, "CREATE VIEW …");
  journal.Record(JournalAct::kSetSetting, "a", JournalForm::kText, "2");
  const auto entries = journal.Entries();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[2].payload, "2");
  EXPECT_EQ(entries[2].number, 3u);
}

TEST(Journal, DropsWhatWasReplacedBeforeItGivesUp) {
  Journal journal({.entries = 10, .bytes = 1 << 20});
  for (int i = 0; i < 100; ++i)
    journal.Record(JournalAct::kSetSetting, "a", JournalForm::kText, std::to_string(i));
  EXPECT_TRUE(journal.is_complete());
  EXPECT_EQ(journal.Entries().back().payload, "99");
  for (int i = 0; i < 20; ++i) journal.Record(JournalAct::kCreateView, "v" + std::to_string(i));
  EXPECT_FALSE(journal.is_complete());
  EXPECT_LE(journal.Entries().size(), 10u);
}

TEST(Journal, IsCopiedWithASession) {
  Journal first;
  Journal second;
  first.Record(JournalAct::kUseDatabase, "db");
  second.CopyFrom(first);
  EXPECT_EQ(second.Entries().size(), 1u);
}

}  // namespace
}  // namespace hearth::session
