// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Testing

@Suite struct RelayAddressTests {
  @Test(arguments: [
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("HTTP://LocalHost:8080/", "http://localhost:8080"),
    ("http://[::1]:8080", "http://[::1]:8080"),
    ("http://127.0.0.1", "http://127.0.0.1"),
    ("http://127.0.0.1:80", "http://127.0.0.1"),
    ("https://relay.praxis-albrecht.example", "https://relay.praxis-albrecht.example"),
    ("https://relay.example:443/", "https://relay.example"),
  ])
  func `an address has one spelling`(_ text: String, _ spelling: String) throws {
    let address = try RelayAddress(text)
    #expect(address.text == spelling)
    #expect(try RelayAddress(address.text) == address)
  }

  @Test func `an address may end in the pin of what its certificate chains to`() throws {
    let pin = "00112233445566778899aabbccddeeff"
    let address = try RelayAddress("https://Relay.example:8470#\(pin.uppercased())")
    #expect(address.pin?.text == pin && address.text == "https://relay.example:8470")
    #expect(address.pinnedText == "https://relay.example:8470#\(pin)")
    #expect(try RelayAddress(address.pinnedText) == address)
    #expect(try RelayAddress(address.text, pin: address.pin) == address)
    #expect(try RelayAddress(address.text) != address)
    for text in [
      "#", "#\(pin)0", "#\(pin.dropLast())", "#\(pin.dropLast())g", "##\(pin)", "#\(pin)#\(pin)",
      "#\(pin)/", "# \(pin)",
    ] {
      #expect(throws: RelayAddressError.malformed) { try RelayAddress("https://a" + text) }
    }
    // Plain HTTP has no certificate that a pin could be for, and a pin stands in one place only.
    #expect(throws: RelayAddressError.malformed) { try RelayAddress("http://127.0.0.1#\(pin)") }
    #expect(throws: RelayAddressError.malformed) {
      try RelayAddress("https://a#\(pin)", pin: address.pin)
    }
  }

  @Test(arguments: [
    "", "http://", "http:///", "127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1:0",
    "http://127.0.0.1:65536", "http://127.0.0.1:8080/path", "http://127.0.0.1:8080?q=1",
    "http://user@127.0.0.1:8080", "http://127.0.0.1:8080#f", "http://127.0.0.1:", "http://a b",
    "http://[::1", "http://[::1]x", "http://[]:80", "http://a:1:2", "http://ex\u{e4}mple", "//a",
    "http://127.0.0.1:+80", "https://a/b/", "http://\(String(repeating: "a", count: 400))",
  ])
  func `anything else is no address`(_ text: String) {
    #expect(throws: RelayAddressError.malformed) { try RelayAddress(text) }
  }

  @Test(arguments: [
    "http://127.0.0.1", "http://127.255.0.9:1", "http://localhost", "http://[::1]:9",
  ])
  func `this machine is loopback`(_ text: String) throws {
    #expect(try RelayAddress(text).isLoopback)
  }

  @Test(arguments: [
    "http://10.0.0.1", "http://127.0.0.1.example.com", "http://128.0.0.1", "http://[::2]",
    "http://localhost.example", "http://0.0.0.0", "http://127.0.1",
  ])
  func `another machine is not`(_ text: String) throws {
    #expect(!(try RelayAddress(text).isLoopback))
  }
}
