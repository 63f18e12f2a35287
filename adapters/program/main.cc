// longmen: the program that writes ledgers and shows them. Its commands, in the order of a day.
#include "adapters/cli/command.h"

int main(int argc, char** argv) {
  using namespace longmen::adapters::cli;
  constexpr Declare kCommands[] = {
      DeclareInit,     DeclareServe,   DeclareIngest,        DeclareImport,   DeclareResolve,
      DeclareWithdraw, DeclareQuery,   DeclareWhatIf,        DeclareExport,   DeclareRebuild,
      DeclareBackup,   DeclareRestore, DeclarePaymentStatus, DeclareSimulate, DeclareDemo};
  return Main(argc, argv, kCommands);
}
