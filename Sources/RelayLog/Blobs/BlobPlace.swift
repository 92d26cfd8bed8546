// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// Which blob is asked for, and the hash of the token that came with it.
package struct BlobPlace: Sendable, Hashable {
  package let channel: ChannelID
  package let token: TokenHash
  package let blob: BlobID

  package init(channel: ChannelID, token: TokenHash, blob: BlobID) {
    self.channel = channel
    self.token = token
    self.blob = blob
  }
}
