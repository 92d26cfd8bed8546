// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A relay under which calls of the system fail, with a channel that was made before.
struct FailingRelay {
  let folder: URL
  let relay: RelayProcess
  let member: TestMember
  var home: URL { folder.appending(path: "relay") }

  /// - Parameters:
  ///   - fault: What happens to the calls, and from which on, as strace has it.
  ///   - calls: Their names.
  init(_ fault: String, into calls: String) async throws {
    folder = try RelayProcess.temporaryFolder()
    let home = folder.appending(path: "relay")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    relay = try RelayProcess(
      serving: home, log: folder.appending(path: "log"), injecting: fault, into: calls)
    member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
  }

  /// The relay once more, on a disk that does not fail.
  func again() throws -> RelayProcess {
    try RelayProcess(serving: home, log: folder.appending(path: "log"))
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
