// SPDX-License-Identifier: Apache-2.0

/// Which blob, and the token that opens its channel.
public struct BlobAccess: Sendable {
  public let channel: ChannelID
  public let token: AccessToken
  public let blob: BlobID

  public init(channel: ChannelID, token: AccessToken, blob: BlobID) {
    self.channel = channel
    self.token = token
    self.blob = blob
  }
}
