// SPDX-License-Identifier: Apache-2.0

/// Where a relay is reached, and what its TLS certificate must chain to.
///
/// Text is `https://host[:port]` with a publicly trusted certificate, `https://host[:port]#PIN` with one
/// that chains to the certificate of that fingerprint (32 hexadecimal digits), or `http://` on this
/// very machine. No path, query or user.
public struct RelayAddress: Sendable, Hashable {
  public enum Scheme: String, Sendable, Hashable {
    case http, https
    var defaultPort: Int { self == .http ? 80 : 443 }
  }

  /// The longest text that is looked at.
  public static let maximumLength = 300

  public let scheme: Scheme
  /// A name or an IPv4 address in lower case, or an IPv6 address without its brackets.
  public let host: String
  public let port: Int
  /// Nil where a publicly trusted certificate is expected, and for plain HTTP.
  public let pin: RelayPin?

  /// Reads an address as people copy it, with its pin behind `#` where it has one.
  public init(_ text: String) throws(RelayAddressError) {
    guard text.utf8.count <= Self.maximumLength else { throw .malformed }
    guard let mark = text.firstIndex(of: "#") else {
      try self.init(text, pin: nil)
      return
    }
    guard let pin = RelayPin(text: text[text.index(after: mark)...]) else { throw .malformed }
    try self.init(String(text[..<mark]), pin: pin)
  }

  /// Reads an address whose pin stands elsewhere.
  public init(_ text: String, pin: RelayPin?) throws(RelayAddressError) {
    guard text.utf8.count <= Self.maximumLength else { throw .malformed }
    let lower = text.lowercased()
    guard let separator = lower.firstRange(of: "://"),
      let scheme = Scheme(rawValue: String(lower[..<separator.lowerBound]))
    else { throw .malformed }
    var rest = lower[separator.upperBound...]
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    var host: Substring
    var port: Substring? = nil
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { throw .malformed }
      host = rest[rest.index(after: rest.startIndex)..<end]
      guard !host.isEmpty, host.utf8.allSatisfy(Self.isInIPv6) else { throw .malformed }
      let tail = rest[rest.index(after: end)...]
      if tail.hasPrefix(":") { port = tail.dropFirst() } else if !tail.isEmpty { throw .malformed }
    } else {
      let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let name = parts.first else { throw .malformed }
      host = name
      if parts.count == 2 { port = parts[1] }
      guard !host.isEmpty, host.utf8.allSatisfy(Self.isInName) else { throw .malformed }
    }
    if let port {
      guard !port.isEmpty, port.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(port), (1...65_535).contains(number)
      else { throw .malformed }
      self.port = number
    } else {
      self.port = scheme.defaultPort
    }
    // A pin is for a certificate, and plain HTTP has none.
    guard scheme == .https || pin == nil else { throw .malformed }
    self.scheme = scheme
    self.host = String(host)
    self.pin = pin
  }

  /// Whether it is this machine: the only place where plain HTTP is taken.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The one spelling of it, without the pin.
  public var text: String {
    let host = host.contains(":") ? "[\(host)]" : host
    return "\(scheme.rawValue)://\(host)" + (port == scheme.defaultPort ? "" : ":\(port)")
  }

  /// The one spelling of it, with the pin: what people copy.
  public var pinnedText: String { text + (pin.map { "#\($0.text)" } ?? "") }

  private static func isInName(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46
  }

  private static func isInIPv6(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte) || byte == 58 || byte == 46
  }
}
