// SPDX-License-Identifier: Apache-2.0

/// Something that takes bytes from outside, as the fuzzer and the replay of its corpus drive it.
struct FuzzTarget: Sendable {
  /// Its name on the command line, and that of its folder under `Tests/Corpus`.
  let name: String
  /// Takes an input; refusing it is no error. A ``Finding`` is a bug, as is a trap.
  let run: @Sendable (ArraySlice<UInt8>) throws -> Void
  /// Inputs made of valid messages, from which the fuzzer starts.
  let seeds: @Sendable () throws -> [[UInt8]]

  static let all: [FuzzTarget] = [
    .mlsMessage, .mlsParts, .mlsTree, .mlsState, .mlsProcess, .mlsJoin, .mlsActions,
    .mlsCertificate,
    .certificates, .relayFrames, .relayParts, .relayAddress,
    .consentJSON, .consentLine, .consentExport,
    .engineWire, .engineRecords, .invitationLink, .vaultFile, .keyParts, .sealedRecord,
  ]
}

/// What no input may do.
enum Finding: Error, Equatable {
  /// What was read encodes to other bytes, or to bytes that read as something else.
  case encodesDifferently
  /// What was refused left a trace.
  case changedByRefusal
  /// A message that its sender did not send was taken.
  case forgeryTaken
  /// The same message was taken twice.
  case replayTaken
  /// Members in one epoch hold different groups.
  case disagreement
  /// What is valid was refused.
  case validRefused
}

/// Throws a finding unless something holds.
func require(_ holds: Bool, _ finding: Finding) throws {
  guard holds else { throw finding }
}
