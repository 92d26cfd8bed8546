// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `alcove` itself: the tree of commands.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alcove",
    abstract:
      "End-to-end-encrypted messages between a therapist and a client, under signed consent.",
    groupedSubcommands: [
      CommandGroup(
        name: "START",
        subcommands: [
          InitCommand.self, StatusCommand.self, DoctorCommand.self, ExplainCommand.self,
        ]),
      CommandGroup(
        name: "PEOPLE",
        subcommands: [
          InviteCommand.self, AcceptCommand.self, PeopleCommand.self, VerifyCommand.self,
        ]),
      CommandGroup(name: "CONSENT", subcommands: [ConsentCommand.self]),
      CommandGroup(
        name: "MESSAGES",
        subcommands: [
          SendCommand.self, SyncCommand.self, WatchCommand.self, InboxCommand.self,
          ReadCommand.self, ChatCommand.self, OutboxCommand.self,
        ]),
      CommandGroup(
        name: "KEYS",
        subcommands: [
          KeysCommand.self, RecoveryCommand.self, UnlockCommand.self, LockCommand.self,
          PassphraseCommand.self,
        ]),
      CommandGroup(
        name: "SYSTEM",
        subcommands: [
          RelayCommand.self, PathsCommand.self, CompletionCommand.self, VersionCommand.self,
          DebugCommand.self,
        ]),
    ])
}
