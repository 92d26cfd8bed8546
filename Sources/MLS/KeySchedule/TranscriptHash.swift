// SPDX-License-Identifier: Apache-2.0

import WireFormat

extension CipherSuite {
  /// The confirmed transcript hash after a Commit, RFC 9420 section 8.2.
  ///
  /// ```
  /// struct {
  ///     WireFormat wire_format;
  ///     FramedContent content; /* with content_type == commit */
  ///     opaque signature<V>;
  /// } ConfirmedTranscriptHashInput;
  /// ```
  package func confirmedTranscriptHash(
    after commit: AuthenticatedContent, interim: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter(
      reservingCapacity: interim.count + commit.content.encoded.count
        + commit.auth.signature.count + 8)
    writer.writeFixed(interim)
    writer.write(commit.wireFormat)
    writer.write(commit.content)
    writer.writeOpaque(commit.auth.signature)
    return hash(writer.bytes)
  }

  /// The interim transcript hash, on which the next Commit builds; RFC 9420 section 8.2.
  ///
  /// ```
  /// struct {
  ///     MAC confirmation_tag;
  /// } InterimTranscriptHashInput;
  /// ```
  package func interimTranscriptHash(confirmed: [UInt8], confirmationTag: [UInt8]) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: confirmed.count + confirmationTag.count + 2)
    writer.writeFixed(confirmed)
    writer.writeOpaque(confirmationTag)
    return hash(writer.bytes)
  }
}
