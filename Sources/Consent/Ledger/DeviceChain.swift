// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import WireFormat

/// What a line's `certificate` says: this identity has certified that device.
struct DeviceChain: Equatable, Sendable {
  let role: Role
  let identity: IdentityKey
  let device: DeviceKey
  let serial: DeviceSerial

  /// Reads the certificate, and checks it unless these very bytes were checked before.
  init(_ bytes: [UInt8], _ signatures: Ledger.Signatures) throws(ConsentError) {
    do {
      switch signatures {
      case .checked:
        let device = try DeviceCertificate(bytes).verify()
        role = device.role
        identity = device.identity
        self.device = device.device
        serial = device.serial
      case .checkedBefore:
        // The form is that of ``DeviceCertificate``, which shows its fields only once it is verified.
        _ = try DeviceCertificate(bytes)
        var reader = WireReader(bytes)
        _ = try reader.readUInt8()
        role = try reader.read()
        identity = try reader.read()
        device = try reader.read()
        serial = try reader.read()
      }
    } catch {
      throw .line(.certificate)
    }
  }
}
