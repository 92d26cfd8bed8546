// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// What a Commit does to the transcript, RFC 9420 section 8.2.
struct TranscriptHashesVector: Vector {
  static let kind = "transcript-hashes"
  static let signature: Set<String> = ["authenticated_content", "interim_transcript_hash_before"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let confirmationKey: HexBytes
  let authenticatedContent: HexBytes
  let interimTranscriptHashBefore: HexBytes
  let confirmedTranscriptHashAfter: HexBytes
  let interimTranscriptHashAfter: HexBytes

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    let commit = try AuthenticatedContent(wireBytes: authenticatedContent.bytes)
    try expect(commit.wireBytes == authenticatedContent.bytes, "authenticated_content")
    guard case .commit = commit.content.body else {
      throw VectorFailure(description: "authenticated_content is no commit")
    }
    let tag = try require(commit.auth.confirmationTag, "confirmation_tag")
    try expect(
      suite.isValid(
        mac: tag, key: SharedSecret(confirmationKey.bytes), confirmedTranscriptHashAfter.bytes),
      "confirmation_tag")
    let confirmed = suite.confirmedTranscriptHash(
      after: commit, interim: interimTranscriptHashBefore.bytes)
    try expect(confirmed == confirmedTranscriptHashAfter.bytes, "confirmed_transcript_hash_after")
    try expect(
      suite.interimTranscriptHash(confirmed: confirmed, confirmationTag: tag)
        == interimTranscriptHashAfter.bytes, "interim_transcript_hash_after")
  }
}
