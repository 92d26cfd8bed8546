// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Primitives
import RelayProtocol

/// One request, which can be made any number of times.
struct RelayCall: Sendable {
  /// Answers that carry no content are no longer, in bytes.
  static let shortBound = 16 << 10

  var method: HTTPMethod
  var path: String
  var headers = HTTPHeaders()
  var body: [UInt8]?
  /// The largest answer that is read.
  var bound = Self.shortBound
  /// What a long poll adds to the deadline.
  var waiting: Duration = .zero

  init(_ method: HTTPMethod, _ path: String) {
    self.method = method
    self.path = path
  }

  /// Adds the fields that say which channel, and that it is ours to use.
  mutating func present(_ channel: ChannelID, _ token: AccessToken) {
    set(HeaderName.channel, Base64URL.encode(channel.bytes))
    set("Authorization", "Bearer " + Base64URL.encode(token.secret.exposedBytes()))
  }

  mutating func set(_ name: String, _ value: String) {
    headers.replaceOrAdd(name: name, value: value)
  }

  func request(to address: RelayAddress, _ witness: WitnessedBody.Witness) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: address.text + path)
    request.method = method
    request.headers = headers
    if let body {
      request.body = .stream(
        WitnessedBody(bytes: body, witness: witness), length: .known(Int64(body.count)))
    } else {
      // Nothing tells when header fields alone have left: they count as sent.
      witness.ask()
    }
    return request
  }
}
