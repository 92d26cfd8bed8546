// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore
import Synchronization

/// What is kept beside a request while it is answered.
struct RelayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The connection, or the stream of one, which is closed when something takes too long.
  let channel: any Channel
  /// Whether it is one stream of an HTTP/2 connection.
  var isStream: Bool { channel.parent?.parent != nil }
  /// Whether the request's body was read to its end: if not, what is left of it would be taken for the
  /// next request.
  let body = Body()

  final class Body: Sendable {
    private let isReadNow = Atomic(false)
    var isRead: Bool { isReadNow.load(ordering: .relaxed) }
    func finish() { isReadNow.store(true, ordering: .relaxed) }
  }

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
