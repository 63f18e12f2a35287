// Workbooks: every cell is what the CSV of the same rows says, read by unzip and an XML parser.
#include "adapters/files/xlsx.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "adapters/files/exports.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/generated_log/generated_log.h"
#include "tests/support/test_blocks/test_blocks.h"
#include "tests/support/workbook/workbook.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::kCny;
using testing::ReadWorkbook;
using testing::Slurp;
using testing::TemporaryDirectory;
using enum ColumnType;

const TableFormat& Xlsx() {
  for (const TableFormat& format : TableFormats()) {
    if (format.name == "xlsx") return format;
  }
  std::abort();
}

ExportTo AsXlsx(const std::string& directory) { return {directory, &Xlsx()}; }

class Workbooks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v unzip >/dev/null") != 0) GTEST_SKIP() << "unzip is not installed";
  }
  TemporaryDirectory directory_;
};

// A spreadsheet takes nothing for a formula that is a text, so that the CSV's guard is not there.
std::string WithoutGuard(const std::string& field) {
  return field.starts_with('\'') ? field.substr(1) : field;
}

std::string ShownAt(const std::map<size_t, testing::WorkbookCell>& row, size_t column) {
  const auto cell = row.find(column);
  return cell == row.end() ? "" : testing::Shown(cell->second);
}

void ExpectSame(const ExportedFile& csv, const ExportedFile& xlsx) {
  const testing::Table lines = testing::ReadCsv(Slurp(csv.path));
  const auto sheets = ReadWorkbook(xlsx.path);
  ASSERT_EQ(sheets.size(), 2u) << xlsx.name;
  const auto& rows = sheets[0].rows;
  ASSERT_EQ(rows.size() + 1, lines.size()) << xlsx.name;  // the trailer is on its own sheet
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t column = 0; column < lines[i].size(); ++column) {
      EXPECT_EQ(ShownAt(rows[i], column), WithoutGuard(lines[i][column]))
          << xlsx.name << " " << i << " " << lines[0][column];
    }
  }
  const auto& trailer = lines.back();
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(ShownAt(sheets[1].rows.at(i), 1), trailer.at(i + 1)) << i;
  }
  EXPECT_EQ(csv.sha256, xlsx.sha256);
  EXPECT_EQ(csv.rows, xlsx.rows);
}

MapStore RandomStore(uint64_t seed) {
  MapStore store;
  for (const auto& record : generator::GenerateRecords(seed, 200)) {
    const RecordView view{.header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
    EXPECT_TRUE(projections::Fold(view, record.effects, store).ok());
  }
  return store;
}

TEST_F(Workbooks, SayWhatTheCsvSays) {
  for (const uint64_t seed : {1, 2, 3}) {
    const MapStore store = RandomStore(seed);
    using Exporter = std::function<Result<ExportedFile>(const ExportTo&)>;
    const std::vector<Exporter> exporters = {
        [&](const ExportTo& to) { return ExportBalances(store, to); },
        [&](const ExportTo& to) { return ExportOrders(store, to); },
        [&](const ExportTo& to) { return ExportPayments(store, to); },
        [&](const ExportTo& to) { return ExportJournal(store, to); },
        [&](const ExportTo& to) { return ExportRefusals(store, to); }};
    for (const Exporter& exporter : exporters) {
      const auto csv = exporter(directory_.path());
      const auto xlsx = exporter(AsXlsx(directory_.path()));
      ASSERT_TRUE(csv.ok() && xlsx.ok());
      EXPECT_TRUE(xlsx->name.ends_with(".xlsx"));
      ExpectSame(*csv, *xlsx);
    }
  }
}

TEST_F(Workbooks, AreTheSameBytesEveryTime) {
  const MapStore store = RandomStore(1);
  const auto one = ExportJournal(store, AsXlsx(directory_.Sub("a")));
  const auto two = ExportJournal(store, AsXlsx(directory_.Sub("b")));
  EXPECT_EQ(Slurp(one->path), Slurp(two->path));
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path() + "/a")) {
    EXPECT_EQ(entry.path().string(), one->path);
    ++files;
  }
  EXPECT_EQ(files, 1u) << "no temporary file stays";
}

constexpr TableColumn kColumns[] = {{"text", kText},    {"minor", kMinor}, {"amount", kAmount},
                                    {"date", kDate},    {"at", kInstant},  {"count", kCount},
                                    {"nothing", kCount}};

TEST_F(Workbooks, ShowEveryDigitOfAmountsAndKeepTextAsText) {
  const Currency yen{392};
  const Currency dinar{414};
  const auto fill = [&](const ExportTo& to) {
    auto table = ExportTable::Create(to, "extremes", 1, 9, kColumns);
    const auto row = [&](std::string_view text, __int128 minor, Currency currency) {
      table->Row({TextCell(text), MinorCell(minor), AmountCell(minor, currency), DateCell(18'687),
                  InstantCell(1'614'560'400'123'456'789), CountCell(0), NoCell()});
    };
    row("=1+1", 999'999'999'999'999, kCny);
    row("@SUM(A1)", -999'999'999'999'999, dinar);
    row("'quoted", 1'000'000'000'000'000, yen);
    row("<&>\"\n", INT64_MIN, kCny);
    row("龙门", INT64_MAX, dinar);
    row(" two  spaces ", 1, dinar);
    row("", -29, kCny);
    return table->Finish(9, {});
  };
  const auto csv = fill(directory_.path());
  const auto xlsx = fill(AsXlsx(directory_.path()));
  ASSERT_TRUE(xlsx.ok()) << Describe(xlsx.error());
  ExpectSame(*csv, *xlsx);
  const auto sheet = ReadWorkbook(xlsx->path).front();
  EXPECT_TRUE(sheet.rows[1].at(1).number.has_value());
  EXPECT_EQ(sheet.rows[3].at(1).text, "1000000000000000") << "one digit more than is shown";
  EXPECT_EQ(sheet.rows[2].at(2).shown_as, "0.000");
  EXPECT_TRUE(sheet.header_stays);
  EXPECT_EQ(sheet.filter, "A1:G8");
}

TEST_F(Workbooks, GoOnOnAnotherSheetWhenOneIsFull) {
  constexpr TableColumn kOne[] = {{"number", kCount}};
  auto table = ExportTable::Create(AsXlsx(directory_.path()), "long", 1, 9, kOne);
  constexpr uint64_t kRows = 1'048'575 + 3;
  for (uint64_t i = 1; i <= kRows; ++i) table->Row({CountCell(i)});
  const auto file = table->Finish(9, {});
  ASSERT_TRUE(file.ok()) << Describe(file.error());
  const auto sheets = ReadWorkbook(file->path);
  ASSERT_EQ(sheets.size(), 3u);
  EXPECT_EQ(sheets[0].rows.size(), 1'048'576u);
  EXPECT_EQ(sheets[1].name, "table 2");
  ASSERT_EQ(sheets[1].rows.size(), 4u);
  EXPECT_EQ(sheets[1].rows[0].at(0).text, "number");
  EXPECT_EQ(sheets[1].rows[3].at(0).number, static_cast<double>(kRows));
  EXPECT_EQ(sheets[2].rows[0].at(1).number, static_cast<double>(kRows));
}

TEST_F(Workbooks, AreNotWrittenWhereATextFitsNoCell) {
  auto table = ExportTable::Create(AsXlsx(directory_.path()), "long", 1, 9, kColumns);
  const std::string text(32'768, 'x');
  table->Row({TextCell(text), NoCell(), NoCell(), NoCell(), NoCell(), NoCell(), NoCell()});
  EXPECT_EQ(table->Finish(9, {}).error().code, Code::TOO_LONG);
}

}  // namespace
}  // namespace longmen::adapters
