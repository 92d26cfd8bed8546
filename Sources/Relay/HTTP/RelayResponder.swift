// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import RelayLog
import RelayProtocol

/// Finds the route of a request; every answer carries the incarnation.
struct RelayResponder: HTTPResponder {
  typealias Context = RelayContext

  let store: any RelayStore
  let limits: RelayLimits
  let identity: [UInt8]
  let clock: @Sendable () -> Int64
  let drain: Drain
  let logger: Logger
  let permits: BodyPermits
  /// Answers that their readers have not taken yet.
  let answers: BodyPermits
  let deadlines: Deadlines
  let bodies: BodyReader
  /// Goes with every answer.
  private let incarnation: String

  init(
    store: any RelayStore, limits: RelayLimits, identity: [UInt8],
    clock: @escaping @Sendable () -> Int64, drain: Drain, logger: Logger
  ) {
    self.store = store
    self.limits = limits
    self.identity = identity
    self.clock = clock
    self.drain = drain
    self.logger = logger
    permits = BodyPermits(bytes: limits.bodiesInFlight)
    answers = BodyPermits(bytes: limits.answersInFlight)
    deadlines = Deadlines()
    bodies = BodyReader(limits: limits, deadlines: deadlines)
    incarnation = Fields.text(store.incarnation)
  }

  @Sendable func respond(to request: Request, context: Context) async throws -> Response {
    var response: Response
    do {
      response = try await route(request, context)
    } catch let error as RelayError {
      response = Problem.response(to: error)
    } catch is BodyTimeout {
      response = Problem.response(to: .refused(.malformed))
    } catch {
      RelayEvent.internalError.log(to: logger)
      response = Problem.response(to: .refused(.unavailable))
    }
    if request.announcesBody, !context.body.isRead {
      // Nobody reads on for as long as the client likes: it has a moment to take the answer.
      response.headers[.connection] = "close"
      _ = deadlines.start(context.channel, seconds: 1)
    }
    response.headers[Fields.incarnation] = incarnation
    response.headers[.cacheControl] = "no-store"
    return response
  }

  private func route(_ request: Request, _ context: Context) async throws -> Response {
    switch (request.method, request.uri.path) {
    case (.post, "/v1/envelope"): return try await append(request, context)
    case (.post, "/v1/follow"): return try await follow(request, context)
    default: break
    }
    switch (request.method, request.uri.path) {
    case (.get, "/v1/relay"), (.post, "/v1/channel"), (.delete, "/v1/channel"),
      (.get, "/v1/envelope"), (.get, "/livez"):
      guard !request.announcesBody else { throw RelayError.refused(.malformed) }
    default: throw RelayError.refused(.noSuchRoute)
    }
    return switch (request.method, request.uri.path) {
    case (.get, "/v1/relay"): try describe()
    case (.post, _): try await create(request)
    case (.delete, _): try await close(request)
    case (.get, "/v1/envelope"): try await read(request, context)
    default: Response(status: .ok)
    }
  }
}

extension Request {
  /// Whether a body comes with it.
  var announcesBody: Bool {
    headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
  }
}
