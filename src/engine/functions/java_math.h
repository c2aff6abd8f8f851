// The elementary functions of Java's StrictMath, whose every bit is specified: Spark computes with them, and
// the C library rounds some results otherwise.
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
double Sin(double x);
double Cos(double x);
double Tan(double x);
double Asin(double x);
double Acos(double x);
double Atan(double x);
double Atan2(double y, double x);
double Sinh(double x);
double Cosh(double x);
double Tanh(double x);

}  // namespace hearth::engine::java_math
