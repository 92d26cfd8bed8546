// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

extension RelayAddress {
  /// The address as it stands in the group context and in records: `opaque text<V>; opaque pin<V>;`
  var stored: [UInt8] {
    var writer = WireWriter()
    writer.writeOpaque(Array(text.utf8))
    writer.writeOpaque(pin?.bytes ?? [])
    return writer.bytes
  }

  /// Reads it; another spelling of the same address is refused, since all members bind to these bytes.
  init(stored bytes: [UInt8]) throws {
    var reader = WireReader(bytes)
    let text = String(decoding: try reader.readOpaque(max: Self.maximumLength), as: UTF8.self)
    let pin = try reader.readOpaque(max: RelayPin.length)
    try reader.finish()
    try self.init(text, pin: pin.isEmpty ? nil : try RelayPin(bytes: pin))
    guard stored == bytes else { throw RelayAddressError.malformed }
  }
}
