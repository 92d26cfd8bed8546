// SPDX-License-Identifier: Apache-2.0

// swift-format-ignore-file: lines as they are shown

extension Transcripts {
  static let help = #"""
    alcove: End-to-end-encrypted messages between a therapist and a client, under signed consent.

    USAGE: alcove COMMAND [options]

    START     init                      make your profile: identity, device, recovery words, encrypted store
              status                    one screen: you, your people, what waits, what to do next
              doctor                    check store, vault, permissions, clock, relay; say how to fix
              explain CODE|TOPIC        an error code or an idea in plain words
    PEOPLE    invite NAME               invite a client: link and QR code
              accept [LINK|-]           answer an invitation: read the form, answer, sign
              people [NAME]             whom you are connected to, and in which state
              verify NAME               compare the safety number
    CONSENT   consent show [NAME]       the consent in force, in plain language
              consent amend NAME        change scopes (client)
              consent renew NAME        extend the dates, or answer new terms (client)
              consent withdraw NAME     withdraw, in whole or for one scope (client)
              consent acknowledge NAME  counter-sign what needs a decision (therapist)
              consent terms NAME        offer new terms (therapist)
              consent end NAME          end the relationship; retention starts
              consent history NAME      every line, signature and date, in order
              consent audit [NAME]      re-check everything from the bytes
              consent export NAME       the ledger as a file that anybody can check
              consent import FILE|-     take a withdrawal that was handed over
              consent verify FILE|-     check an export; needs no profile
    MESSAGES  send NAME [TEXT|-]        send text: typed, piped in, or as an argument
              sync                      fetch and deliver once
              watch                     follow, and stream what happens
              inbox                     what you have not read, newest first
              read NAME                 the conversation
              chat NAME                 talk in one window
              outbox                    what is not delivered yet
    KEYS      keys show                 fingerprints, ages, next rotation
              keys rotate [NAME]        new secrets now
              recovery test             rehearse the recovery words
              unlock                    keep the vault key in the kernel's keyring for a time
              lock                      take the vault key out of the keyring at once
              passphrase                change the passphrase
    SYSTEM    relay postage show        how much postage there is (therapist)
              relay postage request N   ask whoever runs the relay for tokens (therapist)
              relay postage take FILE|- take the tokens that were asked for (therapist)
              paths                     where this profile's files lie
              completion SHELL          a completion script for bash, zsh or fish
              version                   the version of this program

    alcove COMMAND --help    the options of a command, with examples and exit codes
    alcove explain           error codes and ideas in plain words

    Begin:  alcove init

    """#
}
