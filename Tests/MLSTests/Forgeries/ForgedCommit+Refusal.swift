// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

extension ForgedCommit {
  /// The message, encrypted as the member's.
  func message(from group: Group) throws -> MLSMessage {
    var group = group
    return .privateMessage(
      try group.encrypt(content(from: group), padding: 0, random: SystemRandom()))
  }
}

/// Expects that a member refuses what another one forged, for one reason, that its state is what it
/// was, and that it follows an honest Commit afterwards.
func expectRefusal(
  _ expected: MLSError, _ forgery: ForgedCommit, from forger: Group, by victim: Group,
  validation: Validation = acceptAll, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  expectRefusal(
    by: victim, of: try forgery.message(from: forger), expected, validation: validation,
    sourceLocation: sourceLocation)
  var victim = victim
  var forger = forger
  let honest = try forger.commit(validation: acceptAll, random: SystemRandom())
  try victim.follow(honest.message)
  #expect(
    victim.epochAuthenticator.equals(honest.next.epochAuthenticator),
    sourceLocation: sourceLocation)
}

/// Expects that a member refuses a message for one reason, and that its state is what it was.
func expectRefusal(
  by receiver: Group, of message: MLSMessage, _ rule: MLSError,
  validation: Validation = acceptAll, sourceLocation: SourceLocation = #_sourceLocation
) {
  var receiver = receiver
  let before = receiver.encodedExposingSecrets()
  #expect(throws: rule, sourceLocation: sourceLocation) {
    if case .privateMessage(let sealed) = message, sealed.contentType == .application {
      _ = try receiver.unprotect(message)
    } else {
      _ = try receiver.process(message, validation: validation)
    }
  }
  #expect(receiver.encodedExposingSecrets() == before, sourceLocation: sourceLocation)
}
