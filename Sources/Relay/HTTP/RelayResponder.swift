// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import RelayLog
import RelayProtocol

/// Finds the route of a request; every answer carries the incarnation.
struct RelayResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let store: any RelayStore
  let limits: RelayLimits
  let identity: [UInt8]
  let clock: @Sendable () -> Int64
  let drain: Drain
  let logger: Logger
  let permits: BodyPermits

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
  }

  @Sendable func respond(to request: Request, context: Context) async throws -> Response {
    var response: Response
    do {
      response = try await route(request)
    } catch let error as RelayError {
      response = Problem.response(to: error)
    } catch is BodyTimeout {
      // What is left of the body would be taken for the next request.
      response = Problem.response(to: .refused(.malformed))
      response.headers[.connection] = "close"
    } catch {
      RelayEvent.internalError.log(to: logger)
      response = Problem.response(to: .refused(.unavailable))
    }
    response.headers[Fields.incarnation] = Fields.text(store.incarnation)
    response.headers[.cacheControl] = "no-store"
    return response
  }

  private func route(_ request: Request) async throws -> Response {
    switch (request.method, request.uri.path) {
    case (.get, "/v1/relay"): try describe()
    case (.post, "/v1/channel"): try await create(request)
    case (.delete, "/v1/channel"): try await close(request)
    case (.post, "/v1/envelope"): try await append(request)
    case (.get, "/v1/envelope"): try await read(request)
    case (.post, "/v1/follow"): try await follow(request)
    case (.get, "/livez"): Response(status: .ok)
    default: throw RelayError.refused(.noSuchRoute)
    }
  }
}
