#!/usr/bin/perl
# Runs a command with a listening socket as its file descriptor 0, as systemd does with StandardInput=socket.
# Usage: listen.pl COMMAND [ARGUMENT ...]
use strict;
use warnings;
use IO::Socket::INET;
use POSIX ();

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Proto => 'tcp', Listen => 4096)
  or die "cannot listen: $@\n";
POSIX::dup2(fileno($listener), 0) or die "cannot make it file descriptor 0: $!\n";
exec {$ARGV[0]} @ARGV or die "cannot run $ARGV[0]: $!\n";
