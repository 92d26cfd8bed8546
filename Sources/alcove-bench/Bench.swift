// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Measures what users and operators wait for, beside what the machine itself can do in that moment.
@main struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alcove-bench", abstract: "Figures of Alcove beside controls of the same run.",
    subcommands: [
      MLSBench.self, StoreBench.self, RelayBench.self, BlobBench.self, AbuseBench.self,
      SoakBench.self, MLSMember.self,
    ])
}
