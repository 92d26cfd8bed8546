// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RelayProtocol

/// What went wrong below the protocol, by the one distinction that matters: can the relay have
/// received the request?
enum CallFailure: Error {
  /// No complete request has left this machine.
  case notSent
  /// The connection ended before the answer was complete.
  case lost
  /// The relay, or what lies between, took longer than we wait.
  case timedOut
  /// What came is not HTTP, or larger than any answer.
  case malformed
  /// The relay's certificate does not chain to what its pin names; nothing was sent.
  case wrongPin
  /// There is no TLS that can be trusted; nothing was sent.
  case untrusted
  /// The caller has been cancelled.
  case cancelled

  /// Sorts what the HTTP client throws. What is not known to be harmless counts as sent.
  init(_ error: any Error, requestLeft: Bool) {
    switch error {
    case let error as CallFailure:
      self = error
    case NIOSSLError.handshakeFailed(.sslError(let stack)):
      // An end in the middle of a handshake is an ordinary loss, everything else a refusal.
      self = stack.contains(.eofDuringHandshake) ? .notSent : .untrusted
    case is NIOSSLExtraError:
      self = .untrusted
    case is NIOConnectionError, is SocketAddressError:
      self = .notSent
    case let error as IOError where Self.refusals.contains(error.errnoCode):
      self = .notSent
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown, .invalidURL,
        .emptyHost,
        .socksHandshakeTimeout, .httpProxyHandshakeTimeout, .tlsHandshakeTimeout:
        self = .notSent
      case .readTimeout, .writeTimeout, .deadlineExceeded:
        self = requestLeft ? .timedOut : .notSent
      case .cancelled:
        self = requestLeft ? .cancelled : .notSent
      case .remoteConnectionClosed:
        self = requestLeft ? .lost : .notSent
      default:
        self = requestLeft ? .malformed : .notSent
      }
    case HTTPParserError.invalidEOFState:
      self = requestLeft ? .lost : .notSent
    case is HTTPParserError:
      self = requestLeft ? .malformed : .notSent
    case is CancellationError:
      self = requestLeft ? .cancelled : .notSent
    default:
      self = requestLeft ? .lost : .notSent
    }
  }

  /// What only the making of a connection can end with.
  private static let refusals: Set<CInt> = [
    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EMFILE, ENFILE,
  ]

  var relayError: RelayError {
    switch self {
    case .notSent: .unreachable
    case .lost, .timedOut, .cancelled: .outcomeUnknown
    case .malformed: .malformedAnswer
    case .wrongPin: .wrongPin
    case .untrusted: .untrusted
    }
  }
}
