// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, always, never
}

/// What every command takes.
struct CommonOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("Which profile.", valueName: "name"))
  var profile: String?

  @Flag(help: "One JSON object per line on stdout; an error is the last line of stderr.")
  var json = false

  @Flag(help: "One record per line, no boxes, no cursor moves: for screen readers.")
  var plain = false

  @Option(help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
  var color: ColorChoice?

  @Flag(help: "Initials instead of names, no text of messages.")
  var discreet = false

  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp("Read the passphrase from this open descriptor.", valueName: "n"))
  var passphraseDescriptor: Int32?

  @Option(
    help: ArgumentHelp("Read the passphrase from this file.", valueName: "file"),
    completion: .file())
  var passphraseFile: String?

  @Option(help: ArgumentHelp("Take the passphrase from what this prints.", valueName: "command"))
  var passphraseCommand: String?

  /// Only tests, which say so twice: here and with ALCOVE_TEST_HOOKS=1.
  @Flag(help: .hidden)
  var insecureTestKdf = false
}
