// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct CommonOptions: ParsableArguments {
  @Option(help: "The relay's directory: its key, its store.")
  var directory: String = "alcove-relay"

  @Flag(help: "Answer with one JSON object.")
  var json = false
}
