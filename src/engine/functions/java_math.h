// The elementary functions of Java's StrictMath, whose every bit is specified: Spark computes with them, and
// the C library rounds some results otherwise. Sine, cosine and tangent are not here: Java leaves those to
// the processor's library, and the C library is the nearest to it.
#pragma once

namespace hearth::engine::java_math {

double Exp(double x);
double Expm1(double x);
double Log(double x);
double Log10(double x);
double Log1p(double x);
double Power(double x, double y);
double CubeRoot(double x);
double Hypot(double x, double y);
double Asin(double x);
double Acos(double x);
double Atan(double x);
double Atan2(double y, double x);
double Sinh(double x);
double Cosh(double x);
double Tanh(double x);
double Asinh(double x);
double Acosh(double x);

}  // namespace hearth::engine::java_math
