// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct AlcoveRelay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alcove-relay",
    abstract: "A relay for Alcove: keeps envelopes that it cannot open.",
    discussion: """
      EXAMPLES
        alcove-relay init --directory /var/lib/alcove-relay --name relay.example.org
        alcove-relay check --directory /var/lib/alcove-relay
        alcove-relay serve --directory /var/lib/alcove-relay
        alcove-relay inspect --directory /var/lib/alcove-relay

      EXIT CODES
        0 done, 1 failed, 9 damaged or incomplete, 10 no relay in the directory,
        11 in use by another process, 64 usage,
        74 the disk failed under a write: nothing more was taken,
        75 told to end and not finished within 9.5 s: what was acknowledged is kept
      """,
    subcommands: [
      Init.self, Check.self, Serve.self, CertificateCommand.self, Status.self, Inspect.self,
      Backup.self, Restore.self, PostageCommand.self, ClockCommand.self, Systemd.self, OpenAPI.self,
      Version.self,
    ])
}
