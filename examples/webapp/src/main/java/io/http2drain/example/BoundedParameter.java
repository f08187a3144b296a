package io.http2drain.example;

import jakarta.servlet.http.HttpServletRequest;

/**
 * A whole-number request parameter with a default and inclusive bounds, so that no query can ask
 * for more than the application means to give.
 */
record BoundedParameter(String name, int absent, int min, int max) {

  /** The value in the request, or the default when the request does not name the parameter. */
  int read(HttpServletRequest request) throws BadParameter {
    String value = request.getParameter(name);
    if (value == null) {
      return absent;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, in the same words as a number out of bounds.
    }
    throw new BadParameter(name, value, "a whole number from %d to %d".formatted(min, max));
  }
}
