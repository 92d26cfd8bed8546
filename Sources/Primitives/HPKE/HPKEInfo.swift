// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What an HPKE encryption is bound to (`info` of RFC 9180 section 5.1), in the library's form.
///
/// Made once where the same goes to many recipients: a Welcome binds every new member's secrets to all of
/// the encrypted GroupInfo, which may hold a tree of megabytes.
public struct HPKEInfo: Sendable {
  let data: Data

  public init(_ bytes: [UInt8]) { data = Data(bytes) }
}
