// Kernels called by their DuckDB names, with the answers that Spark gave.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <duckdb.hpp>

#include "engine/errors.h"
#include "engine/functions/registry.h"

namespace hearth::engine {
namespace {

// The first value of a query as text ("null" for NULL, doubles by their shortest digits), or the condition of
// its error.
class Kernels : public testing::Test {
 protected:
  Kernels() : connection_(database_) { EngineFunctions::BuiltIn().RegisterIn(*database_.instance); }

  std::string Ask(const std::string& expression) {
    auto result = connection_.Query("SELECT " + expression);
    if (result->HasError()) return ToError(result->GetErrorObject()).condition;
    const auto value = result->GetValue(0, 0);
    if (value.IsNull()) return "null";
    if (value.type().id() == duckdb::LogicalTypeId::DOUBLE)
      return fmt::format("{}", duckdb::DoubleValue::Get(value));
    if (value.type().id() == duckdb::LogicalTypeId::FLOAT)
      return fmt::format("{}", duckdb::FloatValue::Get(value));
    return value.ToString();
  }

  void Expect(const std::string& expression, const std::string& expected) {
    EXPECT_EQ(Ask(expression), expected) << expression;
  }

  duckdb::DuckDB database_{nullptr};
  duckdb::Connection connection_;
};

TEST_F(Kernels, IntegerArithmetic) {
  Expect("spark_integer_add(127::TINYINT, 1::TINYINT)", "BINARY_ARITHMETIC_OVERFLOW");
  Expect("spark_integer_add_legacy(127::TINYINT, 127::TINYINT)", "-2");
  Expect("spark_integer_multiply_legacy(9223372036854775807, 2::BIGINT)", "-2");
  Expect("spark_integer_add_try(2147483647, 1)", "null");
  Expect("spark_integer_subtract_try(5, 1)", "4");
  Expect("spark_divide(1.0::DOUBLE, 0.0::DOUBLE)", "DIVIDE_BY_ZERO");
  Expect("spark_divide_legacy(1.0::DOUBLE, 0.0::DOUBLE)", "null");
  Expect("spark_integral_divide((-9223372036854775807 - 1)::BIGINT, (-1)::BIGINT)", "ARITHMETIC_OVERFLOW");
  Expect("spark_integral_divide(-7::BIGINT, 2::BIGINT)", "-3");
  Expect("spark_remainder(1, 0)", "REMAINDER_BY_ZERO");
  Expect("spark_remainder((-2147483648)::INTEGER, -1)", "0");
  Expect("spark_remainder(-7, 3)", "-1");
  Expect("spark_positive_remainder(-7, 3)", "2");
  Expect("spark_positive_remainder(-7, -3)", "-1");
  Expect("spark_positive_remainder(7, -3)", "1");
  Expect("spark_positive_remainder(-7.0::DOUBLE, 3.0::DOUBLE)", "2");
  Expect("spark_integer_negate((-128)::TINYINT)", "ARITHMETIC_OVERFLOW");
  Expect("spark_integer_abs_legacy((-2147483648)::INTEGER)", "-2147483648");
}

TEST_F(Kernels, DecimalArithmetic) {
  const std::string nines = "99999999999999999999999999999999999999::DECIMAL(38,0)";
  Expect("spark_decimal_add(1.50::DECIMAL(3,2), 3.25::DECIMAL(10,2), 0::DECIMAL(11,2))", "4.75");
  Expect("spark_decimal_subtract(1::DECIMAL(1,0), 0.05::DECIMAL(15,2), 0::DECIMAL(16,2))", "0.95");
  Expect("spark_decimal_multiply(1.50::DECIMAL(3,2), 3.25::DECIMAL(10,2), 0::DECIMAL(14,4))", "4.8750");
  Expect("spark_decimal_multiply(123456789012.3456::DECIMAL(32,4), 1.08::DECIMAL(16,2), 0::DECIMAL(38,6))",
         "133333332133.333248");
  Expect("spark_decimal_divide(1.50::DECIMAL(3,2), 3.25::DECIMAL(10,2), 0::DECIMAL(16,13))",
         "0.4615384615385");
  Expect("spark_decimal_remainder(1.50::DECIMAL(3,2), 3.25::DECIMAL(10,2), 0::DECIMAL(3,2))", "1.50");
  Expect("spark_decimal_positive_remainder(-7.5::DECIMAL(2,1), 3::DECIMAL(1,0), 0::DECIMAL(2,1))", "1.5");
  Expect("spark_decimal_add(" + nines + ", " + nines + ", 0::DECIMAL(38,0))",
         "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  Expect("spark_decimal_add_legacy(" + nines + ", " + nines + ", 0::DECIMAL(38,0))", "null");
  Expect("spark_decimal_multiply(" + nines + ", " + nines + ", 0::DECIMAL(38,0))",
         "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  Expect("spark_decimal_multiply(1::DECIMAL(38,0), 1::DECIMAL(38,18), 0::DECIMAL(38,6))", "1.000000");
  Expect("spark_decimal_divide(" + nines + ", 0.000001::DECIMAL(38,18), 0::DECIMAL(38,6))",
         "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  Expect("spark_decimal_divide(1::DECIMAL(38,18), 3::DECIMAL(38,18), 0::DECIMAL(38,6))", "0.333333");
  Expect("spark_decimal_divide(1::DECIMAL(5,2), 0::DECIMAL(5,2), 0::DECIMAL(13,8))", "DIVIDE_BY_ZERO");
  Expect("spark_decimal_remainder_legacy(1::DECIMAL(5,2), 0::DECIMAL(5,2), 0::DECIMAL(5,2))", "null");
  Expect(
      "spark_decimal_integral_divide(99999999999999999999::DECIMAL(38,0), 1::DECIMAL(1,0), 0::DECIMAL(38,0))",
      "7766279631452241919");
  Expect("spark_decimal_sum(sum(x), 0::DECIMAL(20,2)) FROM (VALUES (1.25::DECIMAL(10,2)), (2.50)) t(x)",
         "3.75");
  Expect("spark_decimal_average(52::DECIMAL(38,0), 3::BIGINT, 0::DECIMAL(14,6))", "17.333333");
}

TEST_F(Kernels, Rounding) {
  Expect("spark_number_round(1.005::DOUBLE, 2)", "1.01");
  Expect("spark_number_round(2.675::DOUBLE, 2)", "2.68");
  Expect("spark_number_round(123456789.987654321::DOUBLE, 3)", "123456789.988");
  Expect("spark_number_round(-0.5::DOUBLE, 0)", "-1");
  Expect("spark_number_bround(0.5::DOUBLE, 0)", "0");
  Expect("spark_number_bround(25, -1)", "20");
  Expect("spark_number_bround(35, -1)", "40");
  Expect("spark_number_round(2147483647, -1)", "ARITHMETIC_OVERFLOW");
  Expect("spark_number_round_legacy(2147483647, -1)", "-2147483646");
  Expect("spark_number_round(1e-10::DOUBLE, 5)", "0");
  Expect("spark_number_round(0.99999::DOUBLE, 2)", "1");
  Expect("spark_decimal_round(99.99::DECIMAL(4,2), 1, 0::DECIMAL(4,1))", "100.0");
  Expect("spark_decimal_round(9.99::DECIMAL(3,2), -1, 0::DECIMAL(2,0))", "10");
  Expect("spark_decimal_bround(2.5::DECIMAL(2,1), 0, 0::DECIMAL(2,0))", "2");
  Expect("spark_decimal_ceil(1.2345::DECIMAL(5,4), 2, 0::DECIMAL(4,2))", "1.24");
  Expect("spark_decimal_floor(-1.2345::DECIMAL(5,4), 2, 0::DECIMAL(4,2))", "-1.24");
  Expect("spark_decimal_ceil(5::DECIMAL(10,0), -1, 0::DECIMAL(11,0))", "10");
  Expect("spark_whole_ceil(-0.1::DOUBLE)", "0");
  Expect("spark_whole_floor(-0.1::DOUBLE)", "-1");
  Expect("spark_whole_ceil(1e30::DOUBLE)", "ARITHMETIC_OVERFLOW");
  Expect("spark_whole_ceil_legacy(1e30::DOUBLE)", "9223372036854775807");
  Expect("spark_whole_ceil('NaN'::DOUBLE)", "0");
}

TEST_F(Kernels, MathAsJavaComputes) {
  Expect("spark_exp(1.0::DOUBLE)", "2.7182818284590455");
  Expect("spark_exp(0.1::DOUBLE)", "1.1051709180756477");
  Expect("spark_exp(-1.0::DOUBLE)", "0.36787944117144233");
  Expect("spark_ln(3.0::DOUBLE)", "1.0986122886681096");
  Expect("spark_ln(10.0::DOUBLE)", "2.302585092994046");
  Expect("spark_ln(0.0::DOUBLE)", "null");
  Expect("spark_log(10.0::DOUBLE, 1000.0::DOUBLE)", "2.9999999999999996");
  Expect("spark_log10(2.0::DOUBLE)", "0.3010299956639812");
  Expect("spark_log1p(0.5::DOUBLE)", "0.4054651081081644");
  Expect("spark_log2(8.0::DOUBLE)", "3");
  Expect("spark_expm1(1e-10::DOUBLE)", "1.00000000005e-10");
  Expect("spark_power(1.1::DOUBLE, 10.0::DOUBLE)", "2.5937424601000023");
  Expect("spark_power(2.0::DOUBLE, 0.5::DOUBLE)", "1.4142135623730951");
  Expect("spark_power(0.0::DOUBLE, -1.0::DOUBLE)", "inf");
  Expect("spark_power(-8.0::DOUBLE, 1/3)", "nan");
  Expect("spark_cbrt(2.0::DOUBLE)", "1.2599210498948732");
  Expect("spark_cbrt(-10.0::DOUBLE)", "-2.154434690031884");
  Expect("spark_hypot(3.0::DOUBLE, 4.0::DOUBLE)", "5");
  Expect("spark_sin(1.0::DOUBLE)", "0.8414709848078965");
  Expect("spark_sin(0.5::DOUBLE)", "0.479425538604203");
  Expect("spark_sin(1e6::DOUBLE)", "-0.34999350217129294");
  Expect("spark_cos(1.0::DOUBLE)", "0.5403023058681398");
  Expect("spark_cos(0.1::DOUBLE)", "0.9950041652780258");
  Expect("spark_tan(1.0::DOUBLE)", "1.5574077246549023");
  Expect("spark_tan(1.5707963267948966::DOUBLE)", "1.633123935319537e+16");
  Expect("spark_sinh(1.0::DOUBLE)", "1.1752011936438014");
  Expect("spark_sinh(-3.0::DOUBLE)", "-10.017874927409903");
  Expect("spark_cosh(10.0::DOUBLE)", "11013.232920103324");
  Expect("spark_tanh(0.3::DOUBLE)", "0.2913126124515909");
  Expect("spark_asinh(1.0::DOUBLE)", "0.881373587019543");
  Expect("spark_acosh(2.0::DOUBLE)", "1.3169578969248166");
  Expect("spark_atanh(0.5::DOUBLE)", "0.5493061443340548");
  Expect("spark_atan2(0.0::DOUBLE, -1.0::DOUBLE)", "3.141592653589793");
  Expect("spark_acos(2.0::DOUBLE)", "nan");
  Expect("spark_cot(0.0::DOUBLE)", "inf");
  Expect("spark_rint(2.5::DOUBLE)", "2");
  Expect("spark_factorial(20)", "2432902008176640000");
  Expect("spark_factorial(21)", "null");
  Expect("spark_width_bucket(5.3::DOUBLE, 0.2::DOUBLE, 10.6::DOUBLE, 5::BIGINT)", "3");
  Expect("spark_width_bucket(-0.9::DOUBLE, 5.2::DOUBLE, 0.5::DOUBLE, 2::BIGINT)", "3");
  Expect("spark_width_bucket(5.0::DOUBLE, 1.0::DOUBLE, 1.0::DOUBLE, 3::BIGINT)", "null");
}

TEST_F(Kernels, NumberText) {
  Expect("spark_hex((-1)::BIGINT)", "FFFFFFFFFFFFFFFF");
  Expect("spark_hex('Spark')", "537061726B");
  Expect("spark_unhex('F')", "\\x0F");
  Expect("spark_unhex('zz')", "null");
  Expect("spark_bin((-13)::BIGINT)", "1111111111111111111111111111111111111111111111111111111111110011");
  Expect("spark_conv('-10', 16, -10)", "-16");
  Expect("spark_conv('-1', 10, 16)", "FFFFFFFFFFFFFFFF");
  Expect("spark_conv('12x', 10, 16)", "C");
  Expect("spark_conv('', 10, 2)", "null");
  Expect("spark_conv('99999999999999999999', 10, 16)", "ARITHMETIC_OVERFLOW");
  Expect("spark_conv_legacy('99999999999999999999', 10, 16)", "FFFFFFFFFFFFFFFF");
  Expect("spark_conv('9223372036854775808', 10, -10)", "-9223372036854775808");
}

TEST_F(Kernels, Bits) {
  Expect("\"spark_<<\"(1, 33)", "2");
  Expect("\"spark_<<\"(1, -1)", "-2147483648");
  Expect("\"spark_>>>\"(-1, 1)", "2147483647");
  Expect("spark_bit_count((-1)::TINYINT)", "64");
  Expect("spark_bit_get(5, 64)", "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE");
}

TEST_F(Kernels, Hashes) {
  Expect("spark_hash(1)", "-559580957");
  Expect("spark_hash(1::BIGINT)", "-1712319331");
  Expect("spark_hash('abcde')", "814637928");
  Expect("spark_hash(NULL::INTEGER)", "42");
  Expect("spark_hash(1, 2)", "-222940379");
  Expect("spark_hash(1.5::DOUBLE)", "1290763749");
  Expect("spark_hash((-0.0)::DOUBLE)", "-1670924195");
  Expect("spark_hash(1.5::FLOAT)", "-221251528");
  Expect("spark_hash(1.50::DECIMAL(3,2))", "-2056712946");
  Expect("spark_hash(1.5::DECIMAL(38,10))", "-994477761");
  Expect("spark_hash(-1.5::DECIMAL(38,10))", "1831729871");
  Expect("spark_hash(DATE '2020-01-01')", "-725858435");
  Expect("spark_hash(TIMESTAMP '2020-01-01')", "-1486022740");
  Expect("spark_hash([1, 2, NULL])", "-222940379");
  Expect("spark_hash({'a': 1, 'b': 'a'})", "-936062819");
  Expect("spark_hash(INTERVAL '14 months 25 days 18367 seconds')", "827576014");
  Expect("spark_hash('héllo wörld ünï')", "1130125506");
  Expect("spark_hash('NaN'::DOUBLE)", "-1281358385");
  Expect("spark_xxhash64(1)", "-6698625589789238999");
  Expect("spark_xxhash64('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ')", "-769660568166318141");
  Expect("spark_xxhash64(1, 'a')", "8205864924878002737");
  Expect("spark_xxhash64(1.5::DECIMAL(38,10))", "-3765538183238091397");
  Expect("spark_md5('a'::BLOB)", "0cc175b9c0f1b6a831c399e269772661");
  Expect("spark_sha2('a'::BLOB, 224)", "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5");
  Expect("spark_sha2('a'::BLOB, 100)", "null");
  Expect("spark_crc32('Spark'::BLOB)", "1557323817");
}

TEST_F(Kernels, Random) {
  Expect("spark_random_rand(0::BIGINT)", "0.7604953758285915");
  Expect("spark_random_rand(42::BIGINT)", "0.619189370225301");
  Expect("spark_random_randn(0::BIGINT)", "1.6034991609278433");
  Expect("list(x ORDER BY n) FROM (SELECT n, spark_random_rand(0::BIGINT) x FROM range(3) t(n))",
         "[0.7604953758285915, 0.5234194256885571, 0.0953472826424725]");
  Expect("list(x) FROM (SELECT spark_monotonically_increasing_id() x FROM range(3))", "[0, 1, 2]");
}

TEST_F(Kernels, Moments) {
  const std::string from =
      " FROM (VALUES (1.0::DOUBLE, 2.5::DOUBLE), (2, 3.5), (4, NULL), (7, 1.5), (NULL, 9), (7, 2.5)) t(x, y)";
  Expect("spark_skewness(x)" + from, "0.006279139979418975");
  Expect("spark_kurtosis(x)" + from, "-1.675914994096812");
  Expect("spark_stddev_samp(x)" + from, "2.7748873851023212");
  Expect("spark_var_samp(x)" + from, "7.6999999999999975");
  Expect("spark_corr(x, y)" + from, "-0.6375767130633383");
  Expect("spark_covar_pop(x, y)" + from, "-1.25");
  Expect("spark_regr_slope(x, y)" + from, "-2.5");
  Expect("spark_regr_intercept(x, y)" + from, "10.5");
  Expect("spark_regr_r2(x, y)" + from, "0.4065040650406504");
  Expect("spark_regr_sxx(x, y)" + from, "2");
  Expect("spark_regr_syy(x, y)" + from, "30.75");
  const std::string one = " FROM (VALUES (3.0::DOUBLE)) t(x)";
  Expect("spark_stddev_samp(x)" + one, "null");
  Expect("spark_stddev_pop(x)" + one, "0");
  Expect("spark_skewness(x)" + one, "null");
  Expect("spark_corr(x, x)" + one, "null");
}

TEST_F(Kernels, Percentiles) {
  Expect("spark_percentile_of([1.0::DOUBLE, 2, 4, 7, 7], 0.3::DOUBLE)", "2.4");
  Expect("spark_percentile_of_descending([1.0::DOUBLE, 2, 4, 7, 7], 0.3::DOUBLE)", "6.4");
  Expect("spark_percentile_disc_of([10.0::DOUBLE, 20, 30, 40, 50], 0.2::DOUBLE)", "10");
  Expect("spark_percentile_disc_of([10.0::DOUBLE, 20, 30, 40, 50], 0.21::DOUBLE)", "20");
  Expect("spark_percentile_of_weighted([10.0::DOUBLE, 20, 30, 40, 50], [1::BIGINT, 2, 3, 1, 0], 0.2::DOUBLE)",
         "20");
  Expect("spark_percentile_of_weighted([10.0::DOUBLE], [-1::BIGINT], 0.2::DOUBLE)",
         "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION");
  Expect("spark_percentile_of([]::DOUBLE[], 0.3::DOUBLE)", "null");
}

TEST_F(Kernels, DistinctEstimates) {
  Expect("spark_distinct_estimate_9(x) FROM range(1000) t(x)", "1026");
  Expect("spark_distinct_estimate_9(x) FROM range(100000) t(x)", "95546");
  Expect("spark_distinct_estimate_9(x::VARCHAR) FROM range(1000) t(x)", "1034");
  Expect("spark_distinct_estimate_9(x) FROM (VALUES (NULL::INTEGER)) t(x)", "0");
}

TEST_F(Kernels, RaiseError) {
  Expect("spark_raise_error('boo')", "USER_RAISED_EXCEPTION");
  Expect("CASE WHEN x > 5 THEN spark_raise_error('boo') ELSE x END FROM (VALUES (1)) t(x)", "1");
}

}  // namespace
}  // namespace hearth::engine
