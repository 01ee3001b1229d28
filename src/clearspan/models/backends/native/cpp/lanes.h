// Sixteen lanes of float or int32: one register of AVX-512, and elsewhere as many as they take. GCC keeps a vector that
// is wider than any register in memory, at every step of a sum; in parts of the right width it stays in registers.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) && defined(__AVX512BW__) && !defined(CLEARSPAN_PORTABLE)
#include <immintrin.h>
#define CLEARSPAN_AVX512 1
#endif
#if defined(CLEARSPAN_AVX512) && defined(__AVX512VNNI__)
#define CLEARSPAN_VNNI 1
#endif
#if defined(__AVX2__) && defined(__F16C__) && defined(__FMA__) && !defined(CLEARSPAN_PORTABLE) && !defined(CLEARSPAN_VNNI)
#include <immintrin.h>
#define CLEARSPAN_AVX2 1
#endif

#if defined(__ARM_FEATURE_DOTPROD) && !defined(CLEARSPAN_PORTABLE)
#include <arm_neon.h>
#define CLEARSPAN_SDOT 1
#endif

namespace clearspan {

constexpr int LANES = 16;

#ifdef CLEARSPAN_AVX512

typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));

#else

#ifdef __AVX__
#define CLEARSPAN_REGISTER 32
#else
#define CLEARSPAN_REGISTER 16
#endif

template <class E>
struct Wide {
  typedef E part __attribute__((vector_size(CLEARSPAN_REGISTER)));
  static constexpr int PARTS = LANES * sizeof(E) / CLEARSPAN_REGISTER;
  part parts[PARTS];

  // The same bits as lanes of another type.
  template <class Other>
  explicit operator Wide<Other>() const {
    Wide<Other> out;
    std::memcpy(&out, this, sizeof(out));
    return out;
  }

#define CLEARSPAN_LANES(sign)                                              \
  friend Wide operator sign(Wide a, Wide b) {                              \
    for (int i = 0; i < PARTS; i++) a.parts[i] = a.parts[i] sign b.parts[i]; \
    return a;                                                              \
  }                                                                        \
  friend Wide operator sign(Wide a, E b) {                                 \
    for (int i = 0; i < PARTS; i++) a.parts[i] = a.parts[i] sign b;        \
    return a;                                                              \
  }
  CLEARSPAN_LANES(+)
  CLEARSPAN_LANES(-)
  CLEARSPAN_LANES(*)
  CLEARSPAN_LANES(/)
  CLEARSPAN_LANES(&)
  CLEARSPAN_LANES(>>)
  CLEARSPAN_LANES(<<)
#undef CLEARSPAN_LANES

  Wide operator-() const {
    Wide out;
    for (int i = 0; i < PARTS; i++) out.parts[i] = -parts[i];
    return out;
  }
  Wide& operator+=(Wide other) { return *this = *this + other; }
  Wide& operator-=(Wide other) { return *this = *this - other; }
};

typedef Wide<float> vf;
typedef Wide<int32_t> vi;

#endif

inline vf load(const float* from) {
  vf out;
  std::memcpy(&out, from, sizeof(out));
  return out;
}
inline void store(float* to, vf value) { std::memcpy(to, &value, sizeof(value)); }
inline vi load_bytes(const uint8_t* from) {
  vi out;
  std::memcpy(&out, from, sizeof(out));
  return out;
}
inline vf all(float value) { return vf{} + value; }

inline vf to_float(vi v) {
#ifdef CLEARSPAN_AVX512
  return __builtin_convertvector(v, vf);
#else
  vf out;
  for (int i = 0; i < vf::PARTS; i++) out.parts[i] = __builtin_convertvector(v.parts[i], vf::part);
  return out;
#endif
}

// a * b + c, rounded once. It is said where it is meant, and the compiler makes none by itself: every form of a sum then
// has the same bits.
inline vf fused(vf a, vf b, vf c) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(CLEARSPAN_AVX2)
  for (int i = 0; i < vf::PARTS; i++)
    c.parts[i] = (vf::part)_mm256_fmadd_ps((__m256)a.parts[i], (__m256)b.parts[i], (__m256)c.parts[i]);
  return c;
#else
  float x[LANES], y[LANES], z[LANES];
  store(x, a), store(y, b), store(z, c);
  for (int i = 0; i < LANES; i++) z[i] = __builtin_fmaf(x[i], y[i], z[i]);
  return load(z);
#endif
}
inline vf fused(vf a, float b, vf c) { return fused(a, all(b), c); }

inline vf maximum(vf a, vf b) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#else
  for (int i = 0; i < vf::PARTS; i++) a.parts[i] = a.parts[i] > b.parts[i] ? a.parts[i] : b.parts[i];
  return a;
#endif
}

inline vf minimum(vf a, vf b) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#else
  for (int i = 0; i < vf::PARTS; i++) a.parts[i] = a.parts[i] < b.parts[i] ? a.parts[i] : b.parts[i];
  return a;
#endif
}

inline vf root(vf v) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_sqrt_ps((__m512)v);
#else
  float a[LANES];
  store(a, v);
  for (int i = 0; i < LANES; i++) a[i] = std::sqrt(a[i]);
  return load(a);
#endif
}

// Lanes are always added in this order, so that a sum is the same on every processor.
inline float sum(vf v) {
  float a[LANES];
  store(a, v);
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] += a[i + width];
  return a[0];
}

inline float largest(vf v) {
#ifdef CLEARSPAN_AVX512
  return _mm512_reduce_max_ps((__m512)v);
#else
  float a[LANES];
  store(a, v);
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] = a[i] > a[i + width] ? a[i] : a[i + width];
  return a[0];
#endif
}

inline int32_t sum(vi v) {
#ifdef CLEARSPAN_AVX512
  return _mm512_reduce_add_epi32((__m512i)v);
#else
  int32_t a[LANES], total = 0;
  std::memcpy(a, &v, sizeof(a));
  for (int i = 0; i < LANES; i++) total += a[i];
  return total;
#endif
}

}  // namespace clearspan
