// What numbers are stored as, and what is worked out of sixteen of them at once.
#pragma once

#include "lanes.h"

namespace clearspan {

// Half as many lanes: one register of AVX2.
typedef float vf8 __attribute__((vector_size(32)));
typedef int32_t vi8 __attribute__((vector_size(32)));
inline vf8 to_float(vi8 v) { return __builtin_convertvector(v, vf8); }

template <class V>
inline V load(const float* from) {
  V out;
  std::memcpy(&out, from, sizeof(V));
  return out;
}

// The lowest bytes of twice sixteen numbers.
inline void store_bytes(void* to, vi first, vi second) {
  int32_t numbers[2 * LANES];
  std::memcpy(numbers, &first, sizeof(first));
  std::memcpy(numbers + LANES, &second, sizeof(second));
  int8_t bytes[2 * LANES];
  for (int i = 0; i < 2 * LANES; i++) bytes[i] = static_cast<int8_t>(numbers[i]);
  std::memcpy(to, bytes, sizeof(bytes));
}

// Of each four of 32 numbers of 16 bits the first and third, then the second and fourth: pairs that are multiplied at
// once where bytes are widened by taking the even and the odd ones.
inline void store_pairs(void* to, vi first, vi second) {
  int32_t numbers[2 * LANES];
  std::memcpy(numbers, &first, sizeof(first));
  std::memcpy(numbers + LANES, &second, sizeof(second));
  int16_t paired[2 * LANES];
  for (int quad = 0; quad < 2 * LANES; quad += 4)
    for (int i = 0; i < 4; i++) paired[quad + i] = static_cast<int16_t>(numbers[quad + 2 * (i % 2) + i / 2]);
  std::memcpy(to, paired, sizeof(paired));
}

// GCC 12 has no _Float16 for C++ on ARM.
#ifdef __aarch64__
typedef __fp16 binary16;
#else
typedef _Float16 binary16;
#endif

inline uint16_t to_half(float value) {
  binary16 half = static_cast<binary16>(value);
  uint16_t bits;
  std::memcpy(&bits, &half, 2);
  return bits;
}

inline float from_half(uint16_t bits) {
  binary16 half;
  std::memcpy(&half, &bits, 2);
  return static_cast<float>(half);
}

template <class V = vf>
inline V load_half(const uint16_t* from);

#ifdef CLEARSPAN_AVX2
inline vf8 fused(vf8 a, vf8 b, vf8 c) { return (vf8)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
inline vf8 fused(vf8 a, float b, vf8 c) { return fused(a, vf8{} + b, c); }

template <>
inline vf8 load_half<vf8>(const uint16_t* from) {
  return (vf8)_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
#endif

// Sixteen half-precision numbers, IEEE 754 binary16.
template <>
inline vf load_half<vf>(const uint16_t* from) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
#elif defined(CLEARSPAN_AVX2)
  return {{(vf::part)load_half<vf8>(from), (vf::part)load_half<vf8>(from + LANES / 2)}};
#else
  float out[LANES];
  for (int i = 0; i < LANES; i++) out[i] = from_half(from[i]);
  return load(out);
#endif
}

inline void store_half(uint16_t* to, vf value) {
#ifdef CLEARSPAN_AVX512
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtps_ph((__m512)value, _MM_FROUND_TO_NEAREST_INT));
#elif defined(CLEARSPAN_AVX2)
  for (int i = 0; i < 2; i++)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to) + i,
                     _mm256_cvtps_ph((__m256)value.parts[i], _MM_FROUND_TO_NEAREST_INT));
#else
  float numbers[LANES];
  store(numbers, value);
  for (int i = 0; i < LANES; i++) to[i] = to_half(numbers[i]);
#endif
}

// acc[lane] += sum over four bytes of unsigned w times signed x; x is the same four bytes for every lane. SMALL says that
// no byte of w is above 127.
template <bool SMALL>
inline vi dot4(vi acc, vi w, int32_t x) {
#if defined(CLEARSPAN_VNNI)
  return (vi)_mm512_dpbusd_epi32((__m512i)acc, (__m512i)w, _mm512_set1_epi32(x));
#elif defined(CLEARSPAN_SDOT)
  const int8x16_t digits = vreinterpretq_s8_s32(vdupq_n_s32(x));
  for (int i = 0; i < vi::PARTS; i++) {
    int32x4_t total = (int32x4_t)acc.parts[i];
#ifdef __ARM_FEATURE_MATMUL_INT8
    total = vusdotq_s32(total, (uint8x16_t)w.parts[i], digits);
#else
    // A byte above 127 is taken for one with a sign, 128 less, and what that lacks is added.
    const uint8x16_t off = vdupq_n_u8(SMALL ? 0 : 128);
    total = vdotq_s32(total, vreinterpretq_s8_u8(veorq_u8((uint8x16_t)w.parts[i], off)), digits);
    if (!SMALL) total = vsubq_s32(total, vdotq_s32(vdupq_n_s32(0), vdupq_n_s8(-128), digits));
#endif
    acc.parts[i] = (vi::part)total;
  }
  return acc;
#else
  for (int byte = 0; byte < 4; byte++) {
    const int32_t digit = static_cast<int8_t>(x >> (8 * byte));
    acc += ((w >> (8 * byte)) & 255) * digit;
  }
  return acc;
#endif
}

// e^x by splitting x into a power of two and a remainder of at most ln(2)/2; relative error below 2e-7.
inline vf exponential(vf x) {
  x = minimum(maximum(x, all(-87.0f)), all(88.0f));
  vf whole = fused(x, 1.44269504f, all(12582912.0f));  // adding 1.5 * 2^23 rounds to the nearest integer
  vi power = (vi)whole - (vi)all(12582912.0f);
  whole = whole - 12582912.0f;
  vf rest = fused(whole, 2.12194440e-4f, fused(whole, -0.693359375f, x));
  vf p = fused(rest, 1.9875691500e-4f, all(1.3981999507e-3f));
  p = fused(p, rest, all(8.3334519073e-3f));
  p = fused(p, rest, all(4.1665795894e-2f));
  p = fused(p, rest, all(1.6666665459e-1f));
  p = fused(p, rest, all(5.0000001201e-1f));
  p = fused(p, rest * rest, rest) + 1.0f;
  return (vf)((vi)p + (power << 23));
}

}  // namespace clearspan
