// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// How far an author had read, and the chain it had computed there.
///
/// ```
/// struct { uint64 position; opaque chain[32]; } ReadMark;
/// ```
///
/// It stands inside the encryption of everything a member sends: a relay that shows two members
/// different logs is caught by the first message whose author had read past the difference.
struct ReadMark: WireCodable, Equatable, Sendable {
  var position: Position
  var chain: ChainHash

  init(position: Position, chain: ChainHash) {
    self.position = position
    self.chain = chain
  }

  /// One more entry read.
  func adding(_ entry: EntryHash) -> ReadMark {
    // No channel ever holds 2^64 envelopes.
    let next = position.next ?? position
    return ReadMark(position: next, chain: chain.adding(entry, at: next))
  }

  func encode(into writer: inout WireWriter) {
    writer.write(position)
    writer.write(chain)
  }

  init(from reader: inout WireReader) throws(WireError) {
    position = try reader.read()
    chain = try reader.read()
  }
}
