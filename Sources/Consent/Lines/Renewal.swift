// SPDX-License-Identifier: Apache-2.0

/// The body of `renew`: the consent's new end.
public struct Renewal: Equatable, Sendable {
  public var validUntil: ConsentTime

  public init(validUntil: ConsentTime) {
    self.validUntil = validUntil
  }

  var members: [JSONMember] { [JSONMember("until", .time(validUntil))] }

  init(from members: inout JSONMembers) throws(ConsentError) {
    validUntil = try members.time("until")
  }
}
