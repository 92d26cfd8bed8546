// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Postage
import Primitives
import RelayLog
import RelayProtocol

/// Finds the route of a request; every answer carries the incarnation.
///
/// One for all requests, each of which may rest for hours with what it holds.
final class RelayResponder: Sendable {
  let store: any RelayStore
  let limits: RelayLimits
  let identity: Ed25519PrivateKey
  let postage: PostageKeys
  let clock: @Sendable () -> Int64
  let drain: Drain
  let admission: Admission
  let metrics: RelayMetrics
  let logger: Logger
  let permits: FairBound
  /// Answers that their readers have not taken yet.
  let answers: FairBound
  /// Parts of blobs that are arriving.
  let parts: FairBound
  /// Blobs that are being read.
  let blobReads: FairBound
  /// Requests in progress.
  let requests = Tally()
  /// Channels that are followed.
  let subscriptions = Tally()
  let deadlines: Deadlines
  let bodies: BodyReader
  /// What comes in great numbers, or is large, waits for everything else.
  let followTurns = BackgroundTurns()
  let answerTurns = BackgroundTurns()
  let endTurns = BackgroundTurns()
  private let closing = ClosingConnections()
  /// Go with every answer.
  private let incarnation: String
  private let date = HTTPDate()

  init(
    store: any RelayStore, limits: RelayLimits, identity: Ed25519PrivateKey,
    postage: PostageKeys,
    clock: @escaping @Sendable () -> Int64, drain: Drain,
    admission: Admission, metrics: RelayMetrics, logger: Logger
  ) {
    self.store = store
    self.limits = limits
    self.identity = identity
    self.postage = postage
    self.clock = clock
    self.drain = drain
    self.admission = admission
    self.metrics = metrics
    self.logger = logger
    func bound(_ total: Int, _ perPeer: Int, _ limit: Limit) -> FairBound {
      FairBound(total: total, perPeer: perPeer, patience: limits.patience) {
        metrics.count(limit)
      }
    }
    permits = bound(limits.bodiesInFlight, limits.bodiesPerPeer, .bodiesInFlight)
    answers = bound(limits.answersInFlight, limits.answersPerPeer, .answersInFlight)
    parts = bound(limits.partsInFlight, limits.partsPerPeer, .partsInFlight)
    blobReads = bound(limits.blobReads, limits.blobReadsPerPeer, .blobReads)
    deadlines = Deadlines(metrics, endTurns)
    bodies = BodyReader(limits: limits, deadlines: deadlines)
    incarnation = Fields.text(store.incarnation)
  }

  /// Answers a request on a connection, or a stream of one.
  @concurrent func respond(
    _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    let context = RelayContext(
      channel: channel,
      expectsContinue: request.headers.contains {
        $0.name == .expect && $0.value.lowercased() == "100-continue"
      })
    // RFC 9112 §9.6: what comes behind an answer that was the last is not looked at.
    if closing.contains(channel) {
      try? await channel.closeFuture.get()
      throw ChannelError.inputClosed
    }
    let route = RelayRoute(request.method, request.uri.path)
    let response: Response
    if route == .follow {
      // The connection's task is to rest for hours: see `aside`.
      response = await connection(of: context).aside { [self] in
        await decide(route, request, context)
      }
    } else {
      response = await decide(route, request, context)
    }
    try await writer.write(response)
  }

  private func decide(
    _ route: RelayRoute?, _ request: Request, _ context: RelayContext
  ) async -> Response {
    var response: Response
    do {
      try begin(context)
      response = try await answer(route, request, context)
    } catch let error as RelayError {
      count(error, of: route)
      switch error {
      case .refused(.noSuchChannel): admission.refuseToken(context.channel)
      case .refused(.postageSpent): admission.refusePostage(context.channel)
      default: break
      }
      response = Problem.response(to: error)
      if case .refused(.methodNotAllowed) = error {
        response.headers[.allow] = RelayRoute.methods(of: request.uri.path).joined(separator: ", ")
      }
    } catch is BodyTimeout {
      response = Problem.response(to: .refused(.malformed))
    } catch {
      RelayEvent.internalError.log(to: logger)
      response = Problem.response(to: .refused(.unavailable))
    }
    if request.announcesBody, !context.body.isRead {
      // Nobody reads on for as long as the client likes: it has a moment to take the answer.
      // RFC 9113 §8.2.2: HTTP/2 has no such field, and ends the stream alone.
      if !context.isStream {
        response.headers[.connection] = "close"
        closing.add(context.channel)
      }
      _ = deadlines.start(context.channel, seconds: 1, nil)
    }
    if !context.answer.isInPieces {
      context.finishAnswer(deadlines, seconds: limits.writeSeconds)
    }
    complete(&response, of: route)
    return request.method == .head ? response.createHeadResponse() : response
  }

  /// What every answer has.
  private func complete(_ response: inout Response, of route: RelayRoute?) {
    metrics.countRequest(route, status: Int(response.status.code))
    response.headers.append(HTTPField(name: Fields.incarnation, value: incarnation))
    response.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
    response.headers.append(HTTPField(name: .date, value: date.text(at: clock())))
  }

  /// Fields and body of the answer to what the library could not read.
  @Sendable func refuseWhatIsNotHTTP() -> (HTTPFields, ByteBuffer) {
    var response = Problem.response(to: .refused(.malformed))
    complete(&response, of: nil)
    return (response.headers, Problem.body(of: .malformed))
  }

  private func answer(
    _ route: RelayRoute?, _ request: Request, _ context: RelayContext
  ) async throws -> Response {
    guard let route else {
      let isPath = !RelayRoute.methods(of: request.uri.path).isEmpty
      throw RelayError.refused(isPath ? .methodNotAllowed : .noSuchRoute)
    }
    guard route.takesBody || !request.announcesBody else { throw RelayError.refused(.malformed) }
    if route.takesToken, !admission.mayShowToken(context.channel) {
      throw RelayError.refused(.limited)
    }
    return switch route {
    case .describe: try describe()
    case .create: try await create(request, context)
    case .close: try await close(request)
    case .extend: try await extend(request, context)
    case .append: try await append(request, context)
    case .read: try await read(request, context)
    case .follow: try await follow(request, context)
    case .makeBlob: try await makeBlob(request)
    case .putPart: try await putPart(request, context)
    case .sealBlob: try await sealBlob(request)
    case .blobState: try await blobState(request)
    case .readBlob: try await readBlob(request, context)
    case .deleteBlob: try await deleteBlob(request)
    }
  }

  func connection(of context: RelayContext) -> Connection {
    Connection(channel: context.channel, deadlines: deadlines)
  }

  private func count(_ error: RelayError, of route: RelayRoute?) {
    let problem = Problem.problem(of: error).rawValue
    switch route {
    case .append: metrics.appends.add(problem)
    case .read: metrics.reads.add(problem)
    // Counts only what is one of its labels.
    case .create, .extend: metrics.postage.add(problem)
    default: break
    }
  }
}

extension Request {
  /// Whether a body comes with it.
  var announcesBody: Bool {
    headers.contains {
      $0.name == .transferEncoding || ($0.name == .contentLength && $0.value != "0")
    }
  }
}
