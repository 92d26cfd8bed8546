// SPDX-License-Identifier: Apache-2.0

public import Certificates

/// A line in its place in a ledger, whose signature, author and rules have been checked.
public struct VerifiedLine: Sendable {
  /// As received.
  public let line: UnverifiedLine
  /// Its number, from 0.
  public let index: Int
  /// The head once it has been added.
  public let head: ConsentHead
  /// Who signed, with which key.
  public let author: Author
  /// The consent after this line.
  public let state: ConsentState

  public struct Author: Hashable, Sendable {
    public let role: ConsentRole
    public let identity: IdentityKey
    /// The device that signed.
    public let device: DeviceKey
    /// The serial of its certificate.
    public let serial: DeviceSerial
  }

  /// For ``Ledger`` alone, which has checked what this type promises.
  init(
    checked line: UnverifiedLine, index: Int, head: ConsentHead, author: Author,
    state: ConsentState
  ) {
    self.line = line
    self.index = index
    self.head = head
    self.author = author
    self.state = state
  }

  public var bytes: [UInt8] { line.bytes }
  public var hash: LineHash { line.hash }
  public var kind: LineKind { line.kind }
  public var time: ConsentTime { line.time }
  public var body: LineBody { line.body }
}
