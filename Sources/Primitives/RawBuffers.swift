// SPDX-License-Identifier: Apache-2.0

// libsodium takes addresses of bytes; every buffer that comes here has one, since none is empty.

extension UnsafeMutableRawBufferPointer {
  @unsafe var octets: UnsafeMutablePointer<UInt8> {
    unsafe bindMemory(to: UInt8.self).baseAddress.unsafelyUnwrapped
  }
}

extension UnsafeRawBufferPointer {
  @unsafe var octets: UnsafePointer<UInt8> {
    unsafe bindMemory(to: UInt8.self).baseAddress.unsafelyUnwrapped
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  @unsafe var octets: UnsafeMutablePointer<UInt8> { unsafe baseAddress.unsafelyUnwrapped }
}
