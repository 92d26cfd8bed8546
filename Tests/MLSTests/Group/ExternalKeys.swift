// SPDX-License-Identifier: Apache-2.0

import Primitives

@testable import MLS

/// Keys that were agreed on outside, and none of other groups.
struct ExternalKeys: PreSharedKeyStore {
  var external: [[UInt8]: SharedSecret] = [:]
  func externalKey(id: [UInt8]) -> SharedSecret? { external[id] }
  func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
}
