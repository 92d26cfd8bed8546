// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import WireFormat

/// What a line's `certificate` proves once it has been checked: this identity has certified that device.
struct DeviceChain: Equatable, Sendable {
  let identity: [UInt8]
  let device: [UInt8]
  let serial: UInt64

  /// Reads and checks the chain of identity and device.
  init(_ bytes: [UInt8], _ signatures: Ledger.Signatures) throws(ConsentError) {
    do {
      var reader = WireReader(bytes)
      identity = try reader.readFixed(32)
      device = try reader.readFixed(32)
      serial = try reader.readUInt64()
      let signature = try reader.readFixed(64)
      try reader.finish()
      guard
        Ed25519.verify(
          signature: signature, message: Array(bytes.dropLast(64)), publicKey: identity)
      else { throw WireError.invalidValue }
    } catch {
      throw .line(.certificate)
    }
  }
}
