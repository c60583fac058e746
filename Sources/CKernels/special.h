// Special functions in double precision, from those of maths.h. None calls the C library for more
// than what IEEE defines exactly (sqrt, floor, fmod).
#pragma once
#include "maths.h"

#define CK_PI 3.14159265358979323846

// Reduction to |t| <= tan(pi/16) by the table values 0, pi/8, pi/4, 3 pi/8, pi/2, then the series.
INLINE double ck_atan(double x) {
  double a = fabs(x), base, t;
  if (a != a) return x;
  if (a > 5.02733949212584810451) { base = CK_PI / 2; t = -1.0 / a; }
  else if (a > 1.49660576266548901760) { base = 3 * CK_PI / 8; t = (a - 2.41421356237309504880) / (1 + a * 2.41421356237309504880); }
  else if (a > 0.66817863791929891999) { base = CK_PI / 4; t = (a - 1) / (a + 1); }
  else if (a > 0.19891236737965800691) { base = CK_PI / 8; t = (a - 0.41421356237309504880) / (1 + a * 0.41421356237309504880); }
  else { base = 0; t = a; }
  double z = t * t, p = 1.0 / 25;
  for (int n = 23; n >= 3; n -= 2) p = fma(-p, z, 1.0 / n);
  double y = base + fma(-p * z, t, t);
  return copysign(y, x);
}

INLINE double ck_atan2(double y, double x) {
  if (x != x || y != y) return NAN;
  double a = fabs(y), b = fabs(x), angle;
  if (a == INFINITY && b == INFINITY) angle = CK_PI / 4;
  else if (a == 0 && b == 0) angle = 0;
  else angle = b == 0 ? CK_PI / 2 : ck_atan(a / b);
  if (signbit(x)) angle = CK_PI - angle;
  return copysign(angle, y);
}

INLINE double ck_asin(double x) {
  if (fabs(x) > 1) return NAN;
  return fabs(x) == 1 ? copysign(CK_PI / 2, x) : ck_atan(x / sqrt((1 - x) * (1 + x)));
}
INLINE double ck_acos(double x) {
  if (fabs(x) > 1) return NAN;
  return x == -1 ? CK_PI : 2 * ck_atan(sqrt((1 - x) / (1 + x)));
}
INLINE double ck_tan(double x) { return ck_sine_of(x, 0) / ck_sine_of(x, 1); }
INLINE double ck_sinh(double x) {
  double a = fabs(x), t = ck_expm1(a > 700 ? a - 0.69314718055994530942 : a);
  double y = a > 700 ? t : 0.5 * (t + t / (t + 1));
  return copysign(t == INFINITY ? INFINITY : y, x);
}
INLINE double ck_cosh(double x) {
  double a = fabs(x), e = ck_exp(a > 700 ? a - 0.69314718055994530942 : a);
  return a > 700 ? e : 0.5 * (e + 1 / e);
}
INLINE double ck_asinh(double x) {
  double a = fabs(x);
  double y = a > 1e8 ? ck_log(a) + 0.69314718055994530942
                     : ck_log1p(a + a * a / (1 + sqrt(fma(a, a, 1.0))));
  return copysign(y, x);
}
INLINE double ck_acosh(double x) {
  if (x < 1) return NAN;
  if (x > 1e8) return ck_log(x) + 0.69314718055994530942;
  double t = x - 1;
  return ck_log1p(t + sqrt(2 * t + t * t));
}
INLINE double ck_atanh(double x) { return copysign(0.5 * ck_log1p(2 * fabs(x) / (1 - fabs(x))), x); }

INLINE double ck_log2(double x) {
  double y = ck_log(x) * 1.4426950408889634074, whole = rint(y);
  // Powers of two are exact.
  return fabs(whole) < 1000 && ck_power_inline(2, whole) == x ? whole : y;
}
INLINE double ck_log10(double x) {
  double y = ck_log(x) * 0.43429448190325182765, whole = rint(y);
  return whole >= 0 && whole < 23 && ck_power_inline(10, whole) == x ? whole : y;
}
INLINE double ck_exp2(double x) {
  return x == rint(x) && fabs(x) < 1000 ? ck_power_inline(2, x) : ck_exp(x * 0.69314718055994530942);
}

INLINE double ck_erfc(double x) {
  if (x != x) return x;
  if (x < 0.5) return 1 - ck_erf(x);
  double e = ck_exp(-x * x);
  if (x < 2.5) return 1 - ck_erf(x);
  double fraction = x;
  for (int n = 60; n >= 1; n--) fraction = x + (0.5 * n) / fraction;
  return e * 0.5641895835477563 / fraction;
}

// Winitzki's formula, then Newton steps on erf or, far out, on erfc.
INLINE double ck_erfinv(double x) {
  double a = fabs(x);
  if (!(a <= 1)) return NAN;
  if (a == 1) return copysign(INFINITY, x);
  double l = ck_log1p(-a * a), t = 2 / (CK_PI * 0.147) + 0.5 * l;
  double y = sqrt(sqrt(t * t - l / 0.147) - t);
  for (int i = 0; i < 4; i++) {
    double wrong = y < 2.5 ? ck_erf(y) - a : (1 - a) - ck_erfc(y);
    y -= wrong / (1.1283791670955126 * ck_exp(-y * y));
  }
  return copysign(y, x);
}

// sin(pi x) without loss for large x.
INLINE double ck_sine_pi(double x) {
  double r = x - 2 * floor(0.5 * x);
  return r > 1 ? -ck_sine_of(CK_PI * (r - 1), 0) : ck_sine_of(CK_PI * r, 0);
}

// Stirling's series above 12, the recurrence below, the reflection for negative arguments.
INLINE double ck_lgamma_positive(double x) {
  double product = 1;
  while (x < 12) { product *= x; x += 1; }
  double z = 1 / (x * x), s = -691.0 / 360360;
  s = fma(s, z, 1.0 / 1188);
  s = fma(s, z, -1.0 / 1680);
  s = fma(s, z, 1.0 / 1260);
  s = fma(s, z, -1.0 / 360);
  s = fma(s, z, 1.0 / 12);
  return (x - 0.5) * ck_log(x) - x + 0.91893853320467274178 + s / x - ck_log(product);
}
INLINE double ck_lgamma(double x) {
  if (x != x) return x;
  if (fabs(x) == INFINITY) return INFINITY;
  if (x == 1 || x == 2) return 0;
  if (x > 0.5) return ck_lgamma_positive(x);
  if (x == floor(x)) return INFINITY;
  return ck_log(CK_PI / fabs(ck_sine_pi(x))) - ck_lgamma_positive(1 - x);
}

INLINE double ck_digamma(double x) {
  if (x == 0) return copysign(INFINITY, -x);
  double shift = 0;
  if (x < 0) {
    if (x == floor(x)) return NAN;
    shift = -CK_PI * ck_sine_pi(x + 0.5) / ck_sine_pi(x);
    x = 1 - x;
  }
  while (x < 12) { shift -= 1 / x; x += 1; }
  double z = 1 / (x * x), s = 691.0 / 32760;
  s = fma(-s, z, 1.0 / 132);
  s = fma(-s, z, 1.0 / 240);
  s = fma(-s, z, 1.0 / 252);
  s = fma(-s, z, 1.0 / 120);
  s = fma(-s, z, 1.0 / 12);
  return shift + ck_log(x) - 0.5 / x - s * z;
}

// Hurwitz zeta of a whole s >= 2: terms up to q + k > 12, then Euler and Maclaurin.
INLINE double ck_zeta(double s, double q) {
  if (q <= 0 && q == floor(q)) return INFINITY;
  double sum = 0, a = q;
  for (int i = 0; i < 12 || a <= 12; i++, a += 1) sum += ck_power_inline(a, -s);
  const double bernoulli[10] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730,
                                7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};
  double power = ck_power_inline(a, -s), factor = s * power / a, square = a * a;
  sum += power * a / (s - 1) + 0.5 * power;
  double factorial = 2;
  for (int k = 0; k < 10; k++) {
    sum += bernoulli[k] * factor / factorial;
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2) / square;
    factorial *= (2 * k + 3) * (2 * k + 4);
  }
  return sum;
}
// n-th derivative of digamma.
INLINE double ck_polygamma(double n, double x) {
  if (n == 0) return ck_digamma(x);
  double factorial = 1;
  for (double k = 2; k <= n; k++) factorial *= k;
  double y = factorial * ck_zeta(n + 1, x);
  return fmod(n, 2) == 0 ? -y : y;
}

// The regularised lower (upper) incomplete gamma function: its series below a + 1, Lentz's
// continued fraction above.
INLINE double ck_igamma(double a, double x, int upper) {
  if (!(a >= 0) || !(x >= 0)) return NAN;
  if (a == 0) return x > 0 ? (upper ? 0 : 1) : NAN;
  if (x == 0) return upper ? 1 : 0;
  if (a == INFINITY) return x == INFINITY ? NAN : upper ? 1 : 0;
  if (x == INFINITY) return upper ? 0 : 1;
  double front = ck_exp(a * ck_log(x) - x - ck_lgamma(a)), lower;
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 2000 && fabs(term) > 1e-17 * fabs(sum); n++) { term *= x / (a + n); sum += term; }
    lower = front * sum;
    return upper ? 1 - lower : lower;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int i = 1; i < 2000; i++) {
    double an = -i * (i - a);
    b += 2;
    d = an * d + b; if (fabs(d) < 1e-300) d = 1e-300;
    c = b + an / c; if (fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    double step = d * c;
    h *= step;
    if (fabs(step - 1) < 1e-16) break;
  }
  return upper ? front * h : 1 - front * h;
}

// Modified Bessel functions of order 0 and 1: the series of positive terms, or the asymptotic one.
INLINE double ck_bessel_i(double x, int order) {
  double a = fabs(x), y;
  if (a != a) return x;
  if (a <= 30) {
    double q = 0.25 * a * a, term = order ? 0.5 * a : 1, sum = term;
    for (int k = 1; k < 120; k++) { term *= q / ((double)k * (k + order)); sum += term; }
    y = sum;
  } else {
    double mu = 4.0 * order, term = 1, sum = 1;
    for (int k = 1; k < 14; k++) { term *= -(mu - (2.0 * k - 1) * (2 * k - 1)) / (k * 8 * a); sum += term; }
    y = ck_exp(a) / sqrt(2 * CK_PI * a) * sum;
  }
  return order && x < 0 ? -y : y;
}
