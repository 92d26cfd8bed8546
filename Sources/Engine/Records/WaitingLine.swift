// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import WireFormat

/// A consent line signed here that has not landed.
struct WaitingLine: WireCodable, Sendable {
  enum Origin: UInt8, Sendable {
    /// A person asked for it, and is told what became of it.
    case person = 1
    /// The therapist's `sync` counter-signed by itself.
    case automatic = 2
    /// Another person's withdrawal, handed over as a file.
    case carried = 3
  }

  let kind: LineKind
  let origin: Origin
  let bytes: [UInt8]

  init(kind: LineKind, origin: Origin, bytes: [UInt8]) {
    self.kind = kind
    self.origin = origin
    self.bytes = bytes
  }

  /// What it takes back; nil for every other kind.
  var withdrawal: Withdrawal? {
    guard kind == .withdraw,
      case .withdraw(let withdrawal)? = try? UnverifiedLine(bytes).body
    else { return nil }
    return withdrawal
  }

  func encode(into writer: inout WireWriter) {
    writer.write(text: kind.rawValue)
    writer.write(origin.rawValue)
    writer.writeOpaque(bytes)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard let kind = LineKind(rawValue: try reader.readText()) else { throw .invalidValue }
    self.kind = kind
    origin = try reader.readCase()
    bytes = try reader.readOpaque()
  }
}
