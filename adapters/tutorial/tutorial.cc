#include "adapters/tutorial/tutorial.h"

#include <utility>

#include "adapters/port/proposals.h"
#include "adapters/port/record_json.h"
#include "adapters/tutorial/record.capnp.h"

namespace longmen::adapters {
namespace {

using tutorial::SaleRecord;

class Tutorial : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::TUTORIAL; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door&) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<SaleRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    return std::unique_ptr<Record>(std::move(record));
  }

  // A sale is an order and its payment, all or nothing: where the buyer cannot pay, the ledger
  // refuses both and the machine keeps its can.
  void Translate(const Record& record, std::string_view, const engine::LedgerView&,
                 Translation& out) const override {
    const auto sale = RootOf<SaleRecord>(record).getStep().getSale();

    auto placed = out.Add();
    placed.setKey(sale.getNumber());
    auto order = InitOrder(placed, MoneyOf(sale.getAmount()));
    order.setPayer(sale.getBuyer());
    order.setPayee(sale.getMachine());

    auto paid = out.Add();
    paid.setKey(sale.getNumber());
    InitDebit(paid, MoneyOf(sale.getAmount()), schema::Outcome::SUCCEEDED);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeTutorial() { return std::make_unique<Tutorial>(); }

}  // namespace longmen::adapters
