// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `alcove consent`
struct ConsentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent", abstract: "the signed record of what was agreed",
    subcommands: [
      ConsentShowCommand.self, ConsentAmendCommand.self, ConsentRenewCommand.self,
      ConsentWithdrawCommand.self, ConsentAcknowledgeCommand.self, ConsentTermsCommand.self,
      ConsentEndCommand.self, ConsentHistoryCommand.self, ConsentAuditCommand.self,
      ConsentExportCommand.self, ConsentImportCommand.self, ConsentVerifyCommand.self,
    ])
}
