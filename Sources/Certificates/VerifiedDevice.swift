// SPDX-License-Identifier: Apache-2.0

/// A device whose certificate has been checked; there is no other way to have one.
public struct VerifiedDevice: Sendable, Hashable {
  public let role: Role
  public let identity: IdentityKey
  public let device: DeviceKey
  public let serial: DeviceSerial
  /// The bytes that prove it.
  public let certificate: DeviceCertificate

  /// For ``DeviceCertificate/verify()`` alone.
  init(
    role: Role, identity: IdentityKey, device: DeviceKey, serial: DeviceSerial,
    certificate: DeviceCertificate
  ) {
    self.role = role
    self.identity = identity
    self.device = device
    self.serial = serial
    self.certificate = certificate
  }
}
